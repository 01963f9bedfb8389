package dev.sluice.kafka.internal.replay;

import dev.sluice.kafka.record.ReplayStart;
import dev.sluice.model.ConfigurationException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds where a replay begins: where it is told to, or where the last one ended. Brokers forget
 * that a week after the last commit. What can be seen of it is said: some positions are gone and
 * others not, or a position is beyond the end of another topic of the same name. Where all are
 * gone, nothing tells this from a first run: dead letters that are too old are left then.
 */
final class LetterStarts {
  private static final Logger log = LoggerFactory.getLogger(LetterStarts.class);

  private final ReplayPlan plan;
  private final Consumer<?, ?> consumer;
  private final Map<TopicPartition, Long> begins;
  private final Map<TopicPartition, Long> ends;
  private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
  private final int partitionsThen;
  private final List<String> unknown = new ArrayList<>();

  LetterStarts(
      ReplayPlan plan,
      Consumer<?, ?> consumer,
      Set<TopicPartition> ids,
      Map<TopicPartition, Long> ends) {
    this.plan = plan;
    this.consumer = consumer;
    this.begins = consumer.beginningOffsets(ids);
    this.ends = ends;
    consumer
        .committed(ids)
        .forEach(
            (id, position) -> {
              if (position != null) {
                committed.put(id, position);
              }
            });
    this.partitionsThen =
        committed.values().stream().mapToInt(LetterPosition::partitions).max().orElse(0);
  }

  /**
   * Finds all.
   *
   * @throws ConfigurationException if one is gone, or cannot be
   */
  Map<TopicPartition, LetterPosition> find() {
    requirePartitions();
    Map<TopicPartition, Long> byTime = byTime();
    Map<TopicPartition, LetterPosition> positions = new HashMap<>();
    begins.keySet().stream()
        .sorted(Comparator.comparingInt(TopicPartition::partition))
        .forEach(id -> positions.put(id, position(id, byTime)));
    if (!unknown.isEmpty()) {
      throw new ConfigurationException(
          "It is not known what was replayed of dead-letter topic %s: %s. Say where to begin by from(...): at the beginning, at a time or at offsets. What took effect before takes effect again where the ledger has forgotten it."
              .formatted(plan.topic(), String.join("; ", unknown)));
    }
    sayWhatWasRefused();
    boolean empty = begins.entrySet().stream().allMatch(e -> end(e.getKey()) <= e.getValue());
    if (committed.isEmpty() && plan.letters().start() == null && !empty) {
      if (plan.letters().expired()) {
        throw new ConfigurationException(
            "No position of a former replay of dead-letter topic %s is kept, and replayExpired() would replay what former replays have replayed, too. Say where to begin by from(...): at the beginning, at a time or at offsets."
                .formatted(plan.topic()));
      }
      log.warn(
          "No position of a former replay of dead-letter topic {} is kept: this replay begins at the beginning. If it is not the first for the group and its reasons, the brokers have forgotten where the last one ended (offsets.retention.minutes), and what that one replayed is replayed again",
          plan.topic());
    }
    return positions;
  }

  private void sayWhatWasRefused() {
    long expired =
        committed.values().stream().mapToLong(last -> LetterPosition.expired(last).count()).sum();
    if (expired > 0 && !plan.letters().expired()) {
      log.warn(
          "Dead letters of {} that former replays have left for their age: {}. replayExpired() replays those that are still kept",
          plan.topic(),
          expired);
    }
  }

  private void requirePartitions() {
    if (plan.letters().start() instanceof ReplayStart.Offsets told) {
      for (Integer partition : told.offsets().keySet()) {
        if (!begins.containsKey(new TopicPartition(plan.topic(), partition))) {
          throw new ConfigurationException(
              "from(...) names partition %d of dead-letter topic %s, which has %d partitions: name one from 0 on."
                  .formatted(partition, plan.topic(), begins.size()));
        }
      }
    }
  }

  private Map<TopicPartition, Long> byTime() {
    if (!(plan.letters().start() instanceof ReplayStart.Time at)) {
      return Map.of();
    }
    Map<TopicPartition, Long> asked =
        begins.keySet().stream()
            .collect(Collectors.toMap(id -> id, id -> at.time().toEpochMilli()));
    Map<TopicPartition, Long> found = new HashMap<>();
    for (Map.Entry<TopicPartition, OffsetAndTimestamp> each :
        consumer.offsetsForTimes(asked).entrySet()) {
      @Nullable OffsetAndTimestamp first = each.getValue();
      if (first != null) {
        found.put(each.getKey(), first.offset());
      }
    }
    return found;
  }

  private LetterPosition position(TopicPartition id, Map<TopicPartition, Long> byTime) {
    OffsetAndMetadata last = committed.get(id);
    OffsetRanges expired = last == null ? new OffsetRanges() : LetterPosition.expired(last);
    expired.remove(0, begin(id));
    long start = start(id, last, byTime);
    boolean fromExpired =
        plan.letters().expired() && plan.letters().start() == null && !expired.isEmpty();
    long first = fromExpired ? Math.min(start, expired.first()) : start;
    return new LetterPosition(
        last == null ? 0 : LetterPosition.known(last),
        expired,
        start,
        first,
        last != null && last.offset() == first ? last.leaderEpoch() : Optional.empty(),
        plan.letters().expired());
  }

  private long start(
      TopicPartition id, @Nullable OffsetAndMetadata last, Map<TopicPartition, Long> byTime) {
    ReplayStart start = plan.letters().start();
    if (start instanceof ReplayStart.Beginning) {
      return begin(id);
    }
    if (start instanceof ReplayStart.Time) {
      return byTime.getOrDefault(id, end(id));
    }
    Long told =
        start instanceof ReplayStart.Offsets some ? some.offsets().get(id.partition()) : null;
    if (told != null) {
      return within(id, told);
    }
    return last == null ? first(id) : next(id, last.offset());
  }

  private long within(TopicPartition id, long told) {
    if (told > end(id)) {
      throw new ConfigurationException(
          "from(...) names offset %d of %s, which ends at %d: name an offset up to that."
              .formatted(told, id, end(id)));
    }
    return Math.max(told, begin(id));
  }

  /** A partition without a position is a new one, unless the last replay knew it. */
  private long first(TopicPartition id) {
    if (id.partition() < partitionsThen) {
      unknown.add("the position of partition %d is gone".formatted(id.partition()));
    }
    return begin(id);
  }

  private long next(TopicPartition id, long last) {
    if (last > end(id)) {
      unknown.add(
          "the position of partition %d is %d and the partition ends at %d, so that it is not the one that was replayed"
              .formatted(id.partition(), last, end(id)));
    } else if (last < begin(id)) {
      log.warn(
          "Dead letters from offset {} to {} of {} were deleted before they were replayed: see retention.ms and retention.bytes of the topic",
          last,
          begin(id) - 1,
          id);
    }
    return Math.max(last, begin(id));
  }

  private long begin(TopicPartition id) {
    return begins.getOrDefault(id, 0L);
  }

  private long end(TopicPartition id) {
    return ends.getOrDefault(id, 0L);
  }
}
