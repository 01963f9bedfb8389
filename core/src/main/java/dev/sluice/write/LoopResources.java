package dev.sluice.write;

import dev.sluice.metrics.WriterMetrics;
import java.util.random.RandomGenerator;

/**
 * Holds what the stages of one loop share. All of it belongs to the loop.
 *
 * @param settings the writer's settings
 * @param runtime what the loop runs on
 * @param requests the requests under way
 * @param timers what is to be done later
 * @param clock the time of this turn
 */
record LoopResources(
    WriterSettings settings,
    WriterRuntime runtime,
    InFlightRequests requests,
    Timers timers,
    TurnClock clock) {
  WriterMetrics metrics() {
    return runtime.metrics();
  }

  RandomGenerator random() {
    return runtime.random();
  }

  /** When to try again after so many failures in a row. */
  long retryAt(int failures) {
    return clock.nanos() + settings.backoff().delayNanos(failures, random());
  }
}
