package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.internal.partition.OpenRecord;
import java.time.InstantSource;

/** Lets records wait before a step behind their writes is tried again, longer each time. */
final class ParkedRecords {
  private final InstantSource clock;
  private final PollTimers timers;
  private final RetryBackoff backoff;

  ParkedRecords(InstantSource clock, PollTimers timers, RetryBackoff backoff) {
    this.clock = clock;
    this.timers = timers;
    this.backoff = backoff;
  }

  /**
   * Parks a record of which a step has failed.
   *
   * @param record the record
   * @param step tried again after the delay, unless the record's epoch has ended by then
   * @return how often a step of the record has failed
   */
  int retry(OpenRecord record, Runnable step) {
    int failures = record.failedAgain();
    record.partition.park(record);
    timers.at(
        clock.instant().plus(backoff.after(failures)),
        () -> {
          if (record.partition.unpark(record)) {
            step.run();
          }
        });
    return failures;
  }
}
