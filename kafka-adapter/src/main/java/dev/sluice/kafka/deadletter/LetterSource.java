package dev.sluice.kafka.deadletter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the dead-letter topic up to where it ended when the reading began. It takes the partitions
 * itself and joins no group, so that nothing but its end bounds how long it may take.
 */
final class LetterSource {
  private static final Logger log = LoggerFactory.getLogger(LetterSource.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration COMMIT = Duration.ofSeconds(30);

  private final Consumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, Long> ends;
  private final Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
  private final Set<TopicPartition> left = new HashSet<>();

  /**
   * Takes the partitions, and commits where it begins: if that is refused, it is better known
   * before anything is put back than after.
   *
   * @param consumer in the group of the replays; not closed here
   * @param partitions of the topic
   * @param fromBeginning whether to begin at the beginning, and not where the last replay ended
   */
  LetterSource(
      Consumer<byte[], byte[]> consumer, List<PartitionInfo> partitions, boolean fromBeginning) {
    this.consumer = consumer;
    Set<TopicPartition> ids = new HashSet<>();
    partitions.forEach(each -> ids.add(new TopicPartition(each.topic(), each.partition())));
    consumer.assign(ids);
    this.ends = new HashMap<>(consumer.endOffsets(ids));
    Map<TopicPartition, OffsetAndMetadata> committed =
        fromBeginning ? Map.of() : consumer.committed(ids);
    for (TopicPartition id : ids) {
      OffsetAndMetadata last = committed.get(id);
      if (last == null || isBeyondTheEnd(id, last)) {
        consumer.seekToBeginning(List.of(id));
      } else {
        consumer.seek(id, last);
      }
    }
    for (TopicPartition id : ids) {
      long position = consumer.position(id);
      positions.put(id, new OffsetAndMetadata(position, epoch(committed.get(id), position), ""));
    }
    commit();
  }

  /** Its log was cut, or made anew: nobody has replayed what is there. */
  private boolean isBeyondTheEnd(TopicPartition id, OffsetAndMetadata last) {
    Long end = ends.get(id);
    boolean beyond = end != null && last.offset() > end;
    if (beyond) {
      log.warn(
          "{} was replayed up to {} and ends at {}: it is read from its beginning",
          id,
          last.offset(),
          end);
    }
    return beyond;
  }

  /** The leader epoch that is known with an offset, if it is known of that one. */
  private static Optional<Integer> epoch(@Nullable OffsetAndMetadata known, long offset) {
    return known == null || known.offset() != offset ? Optional.empty() : known.leaderEpoch();
  }

  /** The next records; possibly none for now. */
  List<ConsumerRecord<byte[], byte[]>> next() {
    ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
    List<ConsumerRecord<byte[], byte[]>> some = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : polled) {
      Long end = ends.get(new TopicPartition(record.topic(), record.partition()));
      if (end != null && record.offset() < end) {
        some.add(record);
      }
    }
    for (Map.Entry<TopicPartition, Long> each : Map.copyOf(ends).entrySet()) {
      TopicPartition id = each.getKey();
      long end = each.getValue();
      long position = consumer.position(id);
      OffsetAndMetadata next = polled.nextOffsets().get(id);
      Optional<Integer> epoch = epoch(next == null ? positions.get(id) : next, position);
      positions.put(id, new OffsetAndMetadata(Math.min(position, end), epoch, ""));
      if (position >= end) {
        ends.remove(id);
        consumer.pause(List.of(id));
      }
    }
    return some;
  }

  boolean hasMore() {
    return !ends.isEmpty();
  }

  /** Leaves a letter, and all that is behind it in its partition, to the next run. */
  void leave(ConsumerRecord<byte[], byte[]> letter) {
    var id = new TopicPartition(letter.topic(), letter.partition());
    if (left.add(id)) {
      positions.put(id, new OffsetAndMetadata(letter.offset(), letter.leaderEpoch(), ""));
      ends.remove(id);
      consumer.pause(List.of(id));
    }
  }

  /** Whether its partition was left at a letter before it, or at it. */
  boolean hasLeft(ConsumerRecord<byte[], byte[]> letter) {
    return left.contains(new TopicPartition(letter.topic(), letter.partition()));
  }

  /** All that was returned so far is dealt with, but for what was left. */
  void commit() {
    consumer.commitSync(positions, COMMIT);
  }
}
