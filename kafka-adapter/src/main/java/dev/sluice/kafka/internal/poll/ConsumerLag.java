package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.internal.offsets.OffsetTracker;
import dev.sluice.kafka.internal.partition.Assignments;
import dev.sluice.kafka.internal.partition.PartitionEpoch;
import dev.sluice.kafka.internal.settings.ConsumerProperties;
import dev.sluice.kafka.record.ConsumerMetrics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows how far partitions are behind, paused ones too: the client's own lag stands still while a
 * partition is paused, so that the broker has to be asked for the ends.
 */
public final class ConsumerLag {
  /** The polling thread waits for an answer at most this long. */
  public static final Duration ASK = ConsumerProperties.END_OFFSETS_TIMEOUT;

  private static final Logger log = LoggerFactory.getLogger(ConsumerLag.class);

  /** Of max.poll.interval.ms: a loop that is later than that has no time to ask. */
  private static final int LATE = 4;

  private final Consumer<byte[], byte[]> consumer;
  private final Assignments assignments;
  private final ConsumerMetrics metrics;
  private final InstantSource clock;
  private final Duration interval;
  private final Duration late;
  private final PositionCheck positionCheck;
  private Map<TopicPartition, Long> ends = Map.of();
  private Instant due;

  ConsumerLag(
      Consumer<byte[], byte[]> consumer,
      Assignments assignments,
      Wiring wiring,
      PositionCheck positionCheck) {
    this.consumer = consumer;
    this.assignments = assignments;
    this.metrics = wiring.pipeline().metrics();
    this.clock = wiring.environment().clocks().steady();
    this.positionCheck = positionCheck;
    this.interval = wiring.pipeline().options().lagInterval();
    this.late = wiring.subscription().maxPollInterval().dividedBy(LATE);
    this.due = clock.instant();
  }

  /**
   * Asks for the ends, if it is time.
   *
   * @return whether it asked
   */
  boolean lookIfDue(Instant lastPoll) {
    Instant now = clock.instant();
    if (now.isBefore(due) || now.isAfter(lastPoll.plus(late))) {
      return false;
    }
    List<TopicPartition> started = new ArrayList<>();
    for (PartitionEpoch partition : assignments.all()) {
      if (partition.offsets.started()) {
        started.add(partition.id);
      }
    }
    if (started.isEmpty()) {
      return false;
    }
    try {
      ends = consumer.endOffsets(started, ASK);
    } catch (RuntimeException e) {
      // It concerns the lag only; what concerns the loop, the next poll says.
      ends = Map.of();
      log.debug("The ends of the partitions are not known", e);
    }
    // Counted from the answer, which may take longer than the interval: others have their turn.
    due = clock.instant().plus(interval);
    for (PartitionEpoch partition : assignments.all()) {
      Long lag = of(partition);
      if (lag != null) {
        metrics.lag(partition.id, lag);
      }
      if (lag != null && lag > 0 && !partition.hasOpen()) {
        positionCheck.follow(partition, true);
      }
    }
    return true;
  }

  /** How far a partition is behind by the last answer, or null. */
  @Nullable Long of(PartitionEpoch partition) {
    Long end = ends.get(partition.id);
    return end == null || partition.offsets.committed == OffsetTracker.UNKNOWN
        ? null
        : Math.max(0, end - partition.offsets.committed);
  }
}
