package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.internal.admin.TopicIds;
import dev.sluice.kafka.internal.offsets.OffsetTracker;
import dev.sluice.kafka.internal.partition.Assignments;
import dev.sluice.kafka.internal.partition.PartitionEpoch;
import dev.sluice.kafka.internal.settings.ConsumerProperties;
import dev.sluice.kafka.record.ConsumerMetrics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
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

  /** What was not answered is asked again after this, though the interval may be longer. */
  private static final Duration AGAIN = Duration.ofSeconds(10);

  /** So long after a question there will be no answer. */
  private static final Duration GIVEN_UP = Duration.ofSeconds(30);

  private final Consumer<byte[], byte[]> consumer;
  private final Assignments assignments;
  private final ConsumerMetrics metrics;
  private final InstantSource clock;
  private final Duration interval;
  private final Duration late;
  private final PositionCheck positionCheck;
  private final TopicIds topicIds;
  private final PollMailbox mailbox;
  private Map<TopicPartition, Long> ends = Map.of();
  private @Nullable Instant unansweredSince;
  private Instant askedAt;
  private boolean asking;
  private int question;
  private Instant due;

  ConsumerLag(
      Consumer<byte[], byte[]> consumer,
      Assignments assignments,
      Wiring wiring,
      PositionCheck positionCheck,
      PollMailbox mailbox) {
    this.mailbox = mailbox;
    this.topicIds = wiring.shared().topicIds();
    this.consumer = consumer;
    this.assignments = assignments;
    this.metrics = wiring.pipeline().metrics();
    this.clock = wiring.environment().clocks().steady();
    this.positionCheck = positionCheck;
    this.interval = wiring.pipeline().options().lagInterval();
    this.late = wiring.subscription().maxPollInterval().dividedBy(LATE);
    this.due = clock.instant();
    this.askedAt = due;
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
    if (asking) {
      // Whoever is asked gives up by itself, as a rule; a late answer counts for nothing.
      answered(question, null, null);
      return false;
    }
    Set<TopicPartition> started = new HashSet<>();
    for (PartitionEpoch partition : assignments.all()) {
      if (partition.offsets.started()) {
        started.add(partition.id);
      }
    }
    if (started.isEmpty()) {
      unansweredSince = null;
      return false;
    }
    askedAt = now;
    asking = true;
    due = now.plus(GIVEN_UP);
    ask(started, ++question);
    return true;
  }

  private void ask(Set<TopicPartition> started, int number) {
    try {
      var asked = topicIds.ends(started);
      if (asked == null) {
        answered(number, consumer.endOffsets(started, ASK), null);
      } else {
        var unused =
            asked.whenCompleteAsync((found, failure) -> answered(number, found, failure), mailbox);
      }
    } catch (RuntimeException e) {
      answered(number, null, e);
    }
  }

  private void answered(
      int number, @Nullable Map<TopicPartition, Long> found, @Nullable Throwable failure) {
    if (!asking || number != question) {
      return;
    }
    asking = false;
    // Counted from the answer, which may take longer than the interval: others have their turn.
    Instant now = clock.instant();
    if (found == null || found.isEmpty()) {
      // It concerns the lag only; what concerns the loop, the next poll says.
      ends = Map.of();
      log.debug("The ends of the partitions are not known", failure);
      unansweredSince = unansweredSince == null ? askedAt : unansweredSince;
      due = now.plus(interval.compareTo(AGAIN) < 0 ? interval : AGAIN);
      return;
    }
    due = now.plus(interval);
    ends = found;
    unansweredSince = null;
    for (PartitionEpoch partition : assignments.all()) {
      Long lag = of(partition);
      if (lag != null) {
        metrics.lag(partition.id, lag);
      }
      if (lag != null && lag > 0 && !partition.hasOpen()) {
        positionCheck.follow(partition, true);
      }
    }
  }

  /** Since when questions have been left without an answer, or null if the last was answered. */
  @Nullable Instant unansweredSince() {
    return unansweredSince;
  }

  /** How far a partition is behind by the last answer, or null. */
  @Nullable Long of(PartitionEpoch partition) {
    Long end = ends.get(partition.id);
    return end == null || partition.offsets.committed == OffsetTracker.UNKNOWN
        ? null
        : Math.max(0, end - partition.offsets.committed);
  }
}
