package dev.sluice.write;

import dev.sluice.pacing.HotKeys;
import dev.sluice.request.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The hot partition keys of one table and of its indexes. An item is written to the partition of
 * each index that it is in, too: where that of one index is full, the service throttles the write,
 * though the table's own has room. Belongs to the loop.
 */
final class TableHotKeys {

  /**
   * The keys of the table or of one index.
   *
   * @param index the index; empty for the table itself
   * @param keys its hot keys
   */
  record Range(String index, HotKeys<EffectTask> keys) {}

  // The table's own first.
  private final List<Range> ranges = new ArrayList<>();

  /**
   * Creates a table's view, with no key hot.
   *
   * @param indexes the indexes whose partition keys are known
   */
  TableHotKeys(List<String> indexes) {
    ranges.add(new Range("", empty()));
    indexes.forEach(index -> ranges.add(new Range(index, empty())));
  }

  // A write that ends while its effects wait may leave them as they are.
  private static HotKeys<EffectTask> empty() {
    return new HotKeys<>(task -> !task.hasEnded() && !task.owner.hasEnded());
  }

  /** {@return the table's own keys first, then those of each index} */
  List<Range> ranges() {
    return ranges;
  }

  /** {@return whether no key is hot, nor is watched} */
  boolean isIdle() {
    for (Range range : ranges) {
      if (!range.keys.isIdle()) {
        return false;
      }
    }
    return true;
  }

  /** {@return whether no key is hot} */
  boolean isEmpty() {
    return size() == 0;
  }

  /** {@return how many keys are hot} */
  int size() {
    int size = 0;
    for (Range range : ranges) {
      size += range.keys.size();
    }
    return size;
  }

  /** {@return how many effects wait for hot keys} */
  int waiting() {
    int waiting = 0;
    for (Range range : ranges) {
      waiting += range.keys.waiting();
    }
    return waiting;
  }

  /**
   * Takes an effect that is about to be sent, if one of its keys is hot and it is not its turn.
   *
   * @param task the effect
   * @param units the write units that it takes
   * @param now the time
   * @return whether it waits here; if not, it may be sent
   */
  boolean holds(EffectTask task, double units, long now) {
    return holdsFrom(0, task, units, now);
  }

  private boolean holdsFrom(int first, EffectTask task, double units, long now) {
    for (int i = first; i < ranges.size(); i++) {
      HotKeys<EffectTask> keys = ranges.get(i).keys;
      Object key = keys.isEmpty() ? null : task.partitionKey(i);
      if (key != null && keys.holds(key, task, units, now)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Lets go whose turn it is at all of its keys, and forgets keys that are hot no more.
   *
   * @param now the time
   * @param units the write units that an effect takes
   * @param to who sends it
   */
  void release(long now, ToDoubleFunction<EffectTask> units, Consumer<EffectTask> to) {
    for (int i = 0; i < ranges.size(); i++) {
      int next = i + 1;
      ranges
          .get(i)
          .keys
          .release(
              now,
              task -> {
                if (!holdsFrom(next, task, units.applyAsDouble(task), now)) {
                  to.accept(task);
                }
              });
    }
  }

  /** {@return when to release again, or to forget} */
  OptionalLong nextRelease(long now) {
    OptionalLong next = OptionalLong.empty();
    for (Range range : ranges) {
      if (!range.keys.isIdle()) {
        next = Timers.earlier(next, range.keys.nextRelease(now));
      }
    }
    return next;
  }

  /** {@return whether one of an effect's keys is hot} */
  boolean isHot(EffectTask task) {
    for (int i = 0; i < ranges.size(); i++) {
      if (isHot(i, task.partitionKey(i))) {
        return true;
      }
    }
    return false;
  }

  private boolean isHot(int range, @Nullable Object key) {
    return key != null && ranges.get(range).keys.isHot(key);
  }

  /** An effect was written. */
  void admitted(EffectTask task, double units, long sentAt, long now) {
    for (int i = 0; i < ranges.size(); i++) {
      Object key = task.partitionKey(i);
      if (key != null) {
        ranges.get(i).keys.admitted(key, units, sentAt, now);
      }
    }
  }

  /**
   * An effect was throttled for its rate.
   *
   * @return whether one of its own keys is the reason; if not, the table is
   */
  boolean isThrottledForItself(
      EffectTask task, double units, Failure failure, long sentAt, long now) {
    if (failure.limit() == Failure.Limit.TABLE) {
      return false;
    }
    HotKeys.ThrottledBy by =
        failure.limit() == Failure.Limit.KEY_RANGE
            ? HotKeys.ThrottledBy.KEY_RANGE
            : HotKeys.ThrottledBy.UNKNOWN;
    // A key that is known to be hot is the reason; the others are not to be suspected for it.
    boolean known = false;
    for (int i = 0; i < ranges.size(); i++) {
      Object key = task.partitionKey(i);
      if (key != null && isHot(i, key) && failure.isOfRange(ranges.get(i).index)) {
        known |= ranges.get(i).keys.isThrottledForItself(key, units, by, sentAt, now);
      }
    }
    boolean found = known;
    for (int i = 0; i < ranges.size() && !known; i++) {
      Object key = task.partitionKey(i);
      if (key != null && failure.isOfRange(ranges.get(i).index)) {
        found |= ranges.get(i).keys.isThrottledForItself(key, units, by, sentAt, now);
      }
    }
    return found;
  }
}
