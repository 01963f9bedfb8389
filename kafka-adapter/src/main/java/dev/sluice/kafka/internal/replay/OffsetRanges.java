package dev.sluice.kafka.internal.replay;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A set of offsets that mostly follow each other, and its text: {@code 3-7,9}. Not thread-safe. */
final class OffsetRanges {
  private final TreeMap<Long, Long> lastByFirst = new TreeMap<>();

  /**
   * Reads what {@link #toString} has written.
   *
   * @throws IllegalArgumentException if it has not
   */
  static OffsetRanges parse(String text) {
    var ranges = new OffsetRanges();
    if (!text.isEmpty()) {
      for (String each : text.split(",", -1)) {
        int dash = each.indexOf('-');
        long first = Long.parseLong(dash < 0 ? each : each.substring(0, dash));
        ranges.lastByFirst.put(first, dash < 0 ? first : Long.parseLong(each.substring(dash + 1)));
      }
    }
    return ranges;
  }

  void add(long offset) {
    if (contains(offset)) {
      return;
    }
    Long after = lastByFirst.remove(offset + 1);
    Map.Entry<Long, Long> before = lastByFirst.lowerEntry(offset);
    boolean joins = before != null && before.getValue() == offset - 1;
    lastByFirst.put(joins ? before.getKey() : offset, after == null ? offset : after);
  }

  /** Removes those from an offset up to another, which stays. */
  void remove(long from, long to) {
    Map.Entry<Long, Long> before = lastByFirst.lowerEntry(from);
    if (before != null && before.getValue() >= from) {
      lastByFirst.put(before.getKey(), from - 1);
      lastByFirst.put(from, before.getValue());
    }
    Map.Entry<Long, Long> last = lastByFirst.lowerEntry(to);
    if (last != null && last.getValue() >= to) {
      lastByFirst.put(to, last.getValue());
    }
    if (from < to) {
      lastByFirst.subMap(from, to).clear();
    }
  }

  boolean contains(long offset) {
    Map.Entry<Long, Long> range = lastByFirst.floorEntry(offset);
    return range != null && offset <= range.getValue();
  }

  /** {@return how many offsets there are} */
  long count() {
    long count = 0;
    for (Map.Entry<Long, Long> range : lastByFirst.entrySet()) {
      count += range.getValue() - range.getKey() + 1;
    }
    return count;
  }

  boolean isEmpty() {
    return lastByFirst.isEmpty();
  }

  /** The lowest; there must be one. */
  long first() {
    return lastByFirst.firstKey();
  }

  @Override
  public String toString() {
    return lastByFirst.entrySet().stream()
        .map(
            each ->
                each.getKey().equals(each.getValue())
                    ? each.getKey().toString()
                    : each.getKey() + "-" + each.getValue())
        .collect(Collectors.joining(","));
  }
}
