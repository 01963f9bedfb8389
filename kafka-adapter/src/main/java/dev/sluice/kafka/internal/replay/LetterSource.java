package dev.sluice.kafka.internal.replay;

import static java.util.Objects.requireNonNull;

import dev.sluice.model.ConfigurationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;

/**
 * Reads the dead-letter topic up to where it ended when the reading began. It takes the partitions
 * itself and joins no group, so that nothing but its end bounds how long it may take.
 */
final class LetterSource {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration COMMIT = Duration.ofSeconds(30);

  private final Consumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, Long> ends;
  private final Map<TopicPartition, LetterPosition> positions;
  private final Map<TopicPartition, Long> left = new HashMap<>();

  /**
   * Takes the partitions, and commits where it begins: if that fails, it is better known before
   * anything is put back than after.
   *
   * @param consumer in the group of the replays; not closed here
   * @param partitions of the topic
   * @param plan where to begin
   * @throws ConfigurationException if it is not known where that is
   */
  LetterSource(Consumer<byte[], byte[]> consumer, List<PartitionInfo> partitions, ReplayPlan plan) {
    this.consumer = consumer;
    Set<TopicPartition> ids = new HashSet<>();
    partitions.forEach(each -> ids.add(new TopicPartition(each.topic(), each.partition())));
    consumer.assign(ids);
    this.ends = new HashMap<>(consumer.endOffsets(ids));
    this.positions = new LetterStarts(plan, consumer, ids, ends).find();
    positions.forEach((id, position) -> consumer.seek(id, position.first()));
    commit();
  }

  /** The next records; possibly none for now. */
  List<ConsumerRecord<byte[], byte[]>> next() {
    ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
    List<ConsumerRecord<byte[], byte[]>> some = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : polled) {
      Long end = ends.get(idOf(record));
      if (end != null && record.offset() < end && positionOf(record).isOpen(record.offset())) {
        some.add(record);
      }
    }
    for (Map.Entry<TopicPartition, Long> each : Map.copyOf(ends).entrySet()) {
      TopicPartition id = each.getKey();
      long end = each.getValue();
      long position = consumer.position(id);
      OffsetAndMetadata next = polled.nextOffsets().get(id);
      long settled = Math.min(position, end);
      LetterPosition its = position(id);
      its.readTo(
          settled,
          next != null && next.offset() == settled ? next.leaderEpoch() : its.epochAt(settled));
      if (position >= end) {
        ends.remove(id);
        consumer.pause(List.of(id));
      }
    }
    return some;
  }

  private static TopicPartition idOf(ConsumerRecord<?, ?> letter) {
    return new TopicPartition(letter.topic(), letter.partition());
  }

  private LetterPosition positionOf(ConsumerRecord<?, ?> letter) {
    return position(idOf(letter));
  }

  private LetterPosition position(TopicPartition id) {
    return requireNonNull(positions.get(id), "position");
  }

  boolean hasMore() {
    return !ends.isEmpty();
  }

  /** Leaves a letter, and all that is behind it in its partition, to the next run. */
  void leave(ConsumerRecord<byte[], byte[]> letter) {
    TopicPartition id = idOf(letter);
    if (!hasLeft(letter)) {
      left.put(id, letter.offset());
      position(id).leave(letter.offset(), letter.leaderEpoch());
      ends.remove(id);
      consumer.pause(List.of(id));
    }
  }

  /** Whether its partition was left at a letter before it, or at it. */
  boolean hasLeft(ConsumerRecord<byte[], byte[]> letter) {
    Long from = left.get(idOf(letter));
    return from != null && from <= letter.offset();
  }

  /**
   * Refuses a letter for its age: it is found when it is asked for.
   *
   * @return whether that can be kept; if not, leave it
   */
  boolean leaveExpired(ConsumerRecord<byte[], byte[]> letter) {
    return positionOf(letter).leaveExpired(letter.offset());
  }

  /** All that was returned so far is dealt with, but for what was left. */
  void commit() {
    Map<TopicPartition, OffsetAndMetadata> reached = new HashMap<>();
    positions.forEach((id, position) -> reached.put(id, position.toCommit(positions.size())));
    try {
      consumer.commitSync(reached, COMMIT);
    } catch (OffsetMetadataTooLarge e) {
      commitBare(reached, e);
    }
  }

  /** Brokers that take no metadata know neither what was left nor what was added since. */
  private void commitBare(
      Map<TopicPartition, OffsetAndMetadata> reached, OffsetMetadataTooLarge failure) {
    for (OffsetAndMetadata each : reached.values()) {
      if (!LetterPosition.expired(each).isEmpty()) {
        throw new ConfigurationException(
            "The brokers do not take %d bytes of metadata (offset.metadata.max.bytes), in which a replay keeps the dead letters that it has refused for their age. Raise it to 4096, or replay them by replayExpired()."
                .formatted(each.metadata().length()),
            failure);
      }
    }
    Map<TopicPartition, OffsetAndMetadata> bare = new HashMap<>();
    reached.forEach(
        (id, each) -> bare.put(id, new OffsetAndMetadata(each.offset(), each.leaderEpoch(), "")));
    consumer.commitSync(bare, COMMIT);
  }
}
