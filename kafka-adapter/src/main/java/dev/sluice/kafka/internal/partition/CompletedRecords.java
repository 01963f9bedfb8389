package dev.sluice.kafka.internal.partition;

import dev.sluice.kafka.record.ConsumerMetrics;
import dev.sluice.kafka.record.ConsumerMetrics.Ending;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;

/** Counts the records that are done, and tells how each ended. */
public final class CompletedRecords implements Consumer<OpenRecord> {
  private final ConsumerMetrics metrics;
  private final InstantSource clock;
  private final InstantSource wallClock;
  private final EventTime eventTime;
  private long count;

  /**
   * Counts from zero.
   *
   * @param metrics told of each record
   * @param clock measures how long a record took
   * @param wallClock measures how old its event is
   * @param eventTime finds out when its event happened
   */
  public CompletedRecords(
      ConsumerMetrics metrics, InstantSource clock, InstantSource wallClock, EventTime eventTime) {
    this.metrics = metrics;
    this.clock = clock;
    this.wallClock = wallClock;
    this.eventTime = eventTime;
  }

  @Override
  public void accept(OpenRecord record) {
    count++;
    record.partition.hasEnded(clock.instant());
    if (metrics == ConsumerMetrics.disabled()) {
      return;
    }
    Ending ending = ending(record);
    metrics.recordEnded(
        record.partition.id, ending, Duration.between(record.received, clock.instant()).toNanos());
    if (ending == Ending.WRITTEN) {
      long time = eventTime.of(record.raw);
      if (time != EventTime.NONE) {
        metrics.eventDurable(record.partition.id, wallClock.instant().toEpochMilli() - time);
      }
    }
  }

  /** How many records are done, on all partitions, since the start. */
  public long count() {
    return count;
  }

  private static Ending ending(OpenRecord record) {
    if (record.cause() != null) {
      return Ending.DEAD_LETTERED;
    }
    return record.hasWrites() ? Ending.WRITTEN : Ending.SKIPPED;
  }
}
