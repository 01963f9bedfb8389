package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.internal.partition.OpenRecord;
import dev.sluice.kafka.record.ConsumerMetrics;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Delays the next attempt at records that failed, longer each time. */
final class RetryDelay {
  private static final Logger log = LoggerFactory.getLogger(RetryDelay.class);

  private final PollTimers timers;
  private final InstantSource clock;
  private final InstantSource wallClock;
  private final RetryBackoff backoff;
  private final ConsumerMetrics metrics;

  RetryDelay(Wiring wiring, PollTimers timers, RetryBackoff backoff) {
    this.timers = timers;
    this.clock = wiring.environment().clocks().steady();
    this.wallClock = wiring.environment().clocks().dates();
    this.backoff = backoff;
    this.metrics = wiring.pipeline().metrics();
  }

  /** A step of the record failed, and is to be tried again. */
  void failed(OpenRecord record, ConsumerMetrics.Step step) {
    metrics.retried(record.partition.id, step);
    record.noteFailure(wallClock.instant());
  }

  /**
   * Begins.
   *
   * @param why told in the log: nothing of what the record holds
   */
  void begin(OpenRecord record, @Nullable String why) {
    int failures = record.attemptAgain();
    // One line for each record that has trouble, however long the trouble lasts.
    log.atLevel(failures == 1 ? Level.WARN : Level.DEBUG)
        .log("Record {} is tried again (failure {}): {}", record.source, failures, why);
    timers.at(
        clock.instant().plus(backoff.after(failures)),
        () -> {
          if (!record.partition.ended()) {
            record.partition.order.retryDelayOver(record, failures + 1);
          }
        });
  }
}
