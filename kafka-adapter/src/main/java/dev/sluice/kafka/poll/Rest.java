package dev.sluice.kafka.poll;

import dev.sluice.kafka.record.ConsumerMetrics;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Has records rest before they are tried again, for longer each time. */
final class Rest {
  private static final Logger log = LoggerFactory.getLogger(Rest.class);

  private final Timers timers;
  private final InstantSource clock;
  private final InstantSource wallClock;
  private final Backoff backoff;
  private final ConsumerMetrics metrics;

  Rest(Wiring wiring, Timers timers, Backoff backoff) {
    this.timers = timers;
    this.clock = wiring.clock();
    this.wallClock = wiring.wallClock();
    this.backoff = backoff;
    this.metrics = wiring.metrics();
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
            record.partition.order.rested(record, failures + 1);
          }
        });
  }
}
