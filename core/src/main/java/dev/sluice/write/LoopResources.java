package dev.sluice.write;

import dev.sluice.metrics.WriterMetrics;
import dev.sluice.pacing.Backoff;
import java.util.random.RandomGenerator;

/**
 * What the stages of one loop share. All of it belongs to the loop.
 *
 * @param requests the requests under way
 * @param timers what is to be done later
 * @param clock the time of this turn
 * @param backoff between attempts
 * @param random backoffs and shards are drawn from it
 * @param tokens the tokens of transactions are drawn from it
 * @param metrics told of everything
 */
record LoopResources(
    InFlightRequests requests,
    Timers timers,
    TurnClock clock,
    Backoff backoff,
    RandomGenerator random,
    RandomGenerator tokens,
    WriterMetrics metrics) {

  /** When to try again after so many failures in a row. */
  long retryAt(int failures) {
    return clock.nanos() + backoff.delayNanos(failures, random);
  }
}
