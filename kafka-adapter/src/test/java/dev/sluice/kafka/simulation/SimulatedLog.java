package dev.sluice.kafka.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * The topic: partitions of records at growing offsets, with gaps between them, whose start moves
 * and whose records vanish.
 */
final class SimulatedLog {
  static final String TOPIC = "topic";

  private final List<List<Entry>> partitions = new ArrayList<>();
  private final long[] starts;
  private final int[] epochs;

  /** What was in the log before it was cut. */
  private final List<Entry> former = new ArrayList<>();

  SimulatedLog(int count) {
    for (int i = 0; i < count; i++) {
      partitions.add(new ArrayList<>());
    }
    starts = new long[count];
    epochs = new int[count];
  }

  int partitionCount() {
    return partitions.size();
  }

  void publish(Entry.Draft draft) {
    publish(draft, 0, 0);
  }

  void publish(Entry.Draft draft, int epoch, int topic) {
    epochs[draft.partition()] = epoch;
    List<Entry> entries = partitions.get(draft.partition());
    long offset = entries.size();
    ConsumerRecord<byte[], byte[]> record = null;
    if (draft.mapping() != Entry.Mapping.GAP) {
      RecordHeaders headers = new RecordHeaders();
      headers.add("trace", ByteBuffer.allocate(8).putLong(offset).array());
      byte[] key = bytes(draft.key());
      byte[] value = bytes(draft.value());
      record =
          new ConsumerRecord<>(
              TOPIC,
              draft.partition(),
              offset,
              draft.at(),
              TimestampType.CREATE_TIME,
              key == null ? ConsumerRecord.NULL_SIZE : key.length,
              value == null ? ConsumerRecord.NULL_SIZE : value.length,
              key,
              value,
              headers,
              Optional.of(epoch));
    }
    entries.add(new Entry(draft.partition(), offset, draft, epoch, topic, draft.at(), record));
  }

  private static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(UTF_8);
  }

  Entry at(int partition, long offset) {
    return partitions.get(partition).get((int) offset);
  }

  /** The entry that a record is of, perhaps one that is gone. */
  Entry of(ConsumerRecord<byte[], byte[]> record) {
    List<Entry> entries = partitions.get(record.partition());
    if (record.offset() < entries.size()
        && isSame(entries.get((int) record.offset()).record, record)) {
      return entries.get((int) record.offset());
    }
    return former.stream().filter(entry -> isSame(entry.record, record)).findFirst().orElseThrow();
  }

  /** A mapper is given a copy. */
  private static boolean isSame(
      ConsumerRecord<byte[], byte[]> one, ConsumerRecord<byte[], byte[]> other) {
    return one.partition() == other.partition()
        && one.offset() == other.offset()
        && one.leaderEpoch().equals(other.leaderEpoch())
        && one.timestamp() == other.timestamp()
        && Arrays.equals(one.key(), other.key())
        && Arrays.equals(one.value(), other.value());
  }

  /** The entry at a position that has an event, perhaps one that is gone. */
  Entry at(int partition, long offset, String event) {
    List<Entry> entries = partitions.get(partition);
    Entry now = offset < entries.size() ? entries.get((int) offset) : null;
    if (former.isEmpty() || (now != null && now.has(event))) {
      return now;
    }
    return former.stream()
        .filter(e -> e.partition == partition && e.offset == offset && e.has(event))
        .findFirst()
        .orElseThrow();
  }

  /** The leader epoch now. */
  int epoch(int partition) {
    return epochs[partition];
  }

  /** As a broker says: where the entries of an epoch, and of those before it, end by now. */
  long endOf(int partition, int epoch, long millis) {
    long end = end(partition, millis);
    for (Entry entry : partitions.get(partition)) {
      if (entry.epoch > epoch) {
        return Math.min(entry.offset, end);
      }
    }
    return end;
  }

  /** What is at an offset and behind it is gone. */
  List<Entry> cut(int partition, long offset) {
    List<Entry> tail =
        partitions.get(partition).subList((int) offset, partitions.get(partition).size());
    List<Entry> gone = List.copyOf(tail);
    tail.clear();
    former.addAll(gone);
    return gone;
  }

  List<Entry> entries(int partition) {
    return partitions.get(partition);
  }

  List<Entry> all() {
    return partitions.stream().flatMap(List::stream).toList();
  }

  List<TopicPartition> ids() {
    List<TopicPartition> ids = new ArrayList<>();
    for (int partition = 0; partition < partitions.size(); partition++) {
      ids.add(new TopicPartition(TOPIC, partition));
    }
    return ids;
  }

  long start(int partition) {
    return starts[partition];
  }

  /** {@return the offset after the last one that can be read by now} */
  long end(int partition, long millis) {
    List<Entry> entries = partitions.get(partition);
    int end = entries.size();
    while (end > 0 && entries.get(end - 1).publishedAt > millis) {
      end--;
    }
    return end;
  }

  /** Retention: the log begins later. */
  void moveStart(int partition, long start, Consumer<Entry> vanished) {
    starts[partition] = Math.max(starts[partition], start);
    for (Entry entry : partitions.get(partition).subList(0, (int) starts[partition])) {
      remove(entry, vanished);
    }
  }

  /** Of the records of one key in a partition only the last stays. */
  void compact(int partition, long upToMillis, Consumer<Entry> vanished) {
    Map<ByteBuffer, Entry> last = new HashMap<>();
    for (Entry entry : partitions.get(partition)) {
      if (entry.publishedAt <= upToMillis && entry.record != null && entry.record.key() != null) {
        Entry earlier = last.put(ByteBuffer.wrap(entry.record.key()), entry);
        if (earlier != null) {
          remove(earlier, vanished);
        }
      }
    }
  }

  private static void remove(Entry entry, Consumer<Entry> vanished) {
    if (!entry.removed) {
      entry.removed = true;
      if (entry.record != null) {
        vanished.accept(entry);
      }
    }
  }
}
