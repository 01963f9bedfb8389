package dev.sluice.simulation;

import dev.sluice.model.SourcePosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The source: partitions of records that are delivered again from the last committed position. As
 * with the real one, whoever still believes to own a partition can commit it, forwards or
 * backwards.
 */
final class Log {

  /**
   * One record.
   *
   * @param partition its partition
   * @param offset its offset
   * @param event what it says happened
   * @param content which content it has: 0, or 1 where the id was reused
   * @param availableAt when it is published, in seconds from the start
   * @param position its source position
   */
  record Entry(
      int partition,
      int offset,
      Event event,
      int content,
      long availableAt,
      SourcePosition position) {
    String source() {
      return position.value();
    }
  }

  private final List<List<Entry>> partitions = new ArrayList<>();
  private final Set<Entry> compacted = new HashSet<>();
  private final int[] committed;
  private final Origin origin;

  Log(int partitionCount, Origin origin) {
    this.origin = origin;
    for (int i = 0; i < partitionCount; i++) {
      partitions.add(new ArrayList<>());
    }
    committed = new int[partitionCount];
  }

  void publish(int partition, Event event, int content, long availableAt) {
    List<Entry> entries = partitions.get(partition);
    int offset = entries.size();
    entries.add(
        new Entry(
            partition, offset, event, content, availableAt, origin.position(partition, offset)));
  }

  /**
   * Compacts: of records of one event in one partition only the last stays.
   *
   * @return whether anything was removed
   */
  boolean compact(int partition, long upToSeconds) {
    Map<String, Entry> last = new HashMap<>();
    boolean removed = false;
    for (Entry entry : partitions.get(partition)) {
      if (entry.availableAt <= upToSeconds) {
        Entry earlier = last.put(entry.event.id(), entry);
        removed |= earlier != null && compacted.add(earlier);
      }
    }
    return removed;
  }

  boolean isCompacted(Entry entry) {
    return compacted.contains(entry);
  }

  int partitionCount() {
    return partitions.size();
  }

  int end(int partition) {
    return partitions.get(partition).size();
  }

  Entry at(int partition, int offset) {
    return partitions.get(partition).get(offset);
  }

  List<Entry> all() {
    return partitions.stream().flatMap(List::stream).toList();
  }

  int committed(int partition) {
    return committed[partition];
  }

  /** Commits, unfenced. */
  void commit(int partition, int position) {
    committed[partition] = position;
  }
}
