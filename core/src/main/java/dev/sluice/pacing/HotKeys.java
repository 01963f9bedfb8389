package dev.sluice.pacing;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Tells the partition keys of one table that are throttled for being hot from a table that
 * throttles everybody alike, and slows the hot ones, each by itself.
 *
 * <p>The service names no key: unprocessed items and failed statements carry no reason at all. So a
 * key that came back is watched, and is hot once it is throttled far more often than all others
 * together in the same time: so that chance would hardly have it (five standard deviations, since
 * each throttle is another look), and twice the share or a quarter more. A range of keys that the
 * service names is believed at once while hardly any other key is throttled. What a hot key is sent
 * is paced like a table's budget, starting from what it was let through, at most {@value
 * #PARTITION_UNITS} write units a second, and waits in a line of its own. A key is forgotten once
 * nothing of it has waited or been throttled for ten seconds.
 *
 * <p>Not safe for use by several threads; times are readings in nanoseconds of one clock.
 *
 * @param <T> what waits
 */
public final class HotKeys<T> {
  /** The most write units a second of one partition key (developer guide, "partitions"). */
  public static final int PARTITION_UNITS = 1000;

  private static final int MAX_HOT = 1000;
  private static final long IDLE_NANOS = 10_000_000_000L;

  /** Who throttled an item. */
  public enum ThrottledBy {
    /** The service named the range of keys. */
    KEY_RANGE,
    /** The service named the table, an index or the account. */
    TABLE,
    /** The service did not say. */
    UNKNOWN
  }

  private final Predicate<T> isWanted;
  private final SuspectKeys suspects = new SuspectKeys(IDLE_NANOS);
  private final Map<Object, HotKeyQueue<T>> hot = new LinkedHashMap<>();
  private int waiting;

  /**
   * Creates a table's view, with no key hot.
   *
   * @param isWanted whether something that waits need still be sent
   */
  public HotKeys(Predicate<T> isWanted) {
    this.isWanted = isWanted;
  }

  /** {@return whether no key is hot, nor is watched} */
  public boolean isIdle() {
    return hot.isEmpty() && suspects.isEmpty();
  }

  /** {@return whether no key is hot} */
  public boolean isEmpty() {
    return hot.isEmpty();
  }

  /** {@return how many keys are hot} */
  public int size() {
    return hot.size();
  }

  /** {@return how many wait, of all hot keys} */
  public int waiting() {
    return waiting;
  }

  /**
   * Takes something that is about to be sent, if its key is hot and it is not yet its turn.
   *
   * @param key the partition key
   * @param element what is to be sent
   * @param units the write units that it takes
   * @param now the time
   * @return whether it waits here; if not, it may be sent
   */
  public boolean holds(Object key, T element, double units, long now) {
    HotKeyQueue<T> its = hot.isEmpty() ? null : hot.get(key);
    if (its == null || its.passes(units, now)) {
      return false;
    }
    its.hold(element, units, now);
    waiting++;
    return true;
  }

  /**
   * Lets go whose turn it is, and forgets keys that are hot no more.
   *
   * @param now the time
   * @param to who sends it
   */
  public void release(long now, Consumer<T> to) {
    suspects.forget(now);
    if (hot.isEmpty()) {
      return;
    }
    List<T> free = new ArrayList<>(0);
    waiting = 0;
    for (Iterator<HotKeyQueue<T>> keys = hot.values().iterator(); keys.hasNext(); ) {
      HotKeyQueue<T> key = keys.next();
      key.release(now, isWanted, free);
      waiting += key.waiting();
      if (key.isIdle(now, IDLE_NANOS)) {
        keys.remove();
      }
    }
    free.forEach(to);
  }

  /**
   * When to release again, or to forget.
   *
   * @param now the time
   * @return the time; nothing if nothing waits and nothing is to be forgotten
   */
  public OptionalLong nextRelease(long now) {
    long next = suspects.nextForget().orElse(Long.MAX_VALUE);
    for (HotKeyQueue<T> key : hot.values()) {
      next = Math.min(next, key.nextRelease(now, IDLE_NANOS));
    }
    return next == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(next);
  }

  /**
   * Something was written.
   *
   * @param key the partition key
   * @param units the write units that it took
   * @param sentAt when it was sent
   * @param now the time
   */
  public void admitted(Object key, double units, long sentAt, long now) {
    HotKeyQueue<T> its = hot.isEmpty() ? null : hot.get(key);
    if (its != null) {
      its.answered(units, 0, sentAt, now);
      return;
    }
    suspects.admitted(key, units, now);
  }

  /**
   * Something was throttled for its rate.
   *
   * @param key the partition key
   * @param units the write units that it would have taken
   * @param by who throttled it
   * @param sentAt when it was sent
   * @param now the time
   * @return whether the key itself is the reason; if not, the table is
   */
  public boolean isThrottledForItself(
      Object key, double units, ThrottledBy by, long sentAt, long now) {
    HotKeyQueue<T> its = hot.get(key);
    if (by == ThrottledBy.TABLE) {
      return false;
    }
    if (its != null) {
      its.answered(0, units, sentAt, now);
      return true;
    }
    SuspectKeys.Suspect suspect = suspects.throttled(key, by == ThrottledBy.KEY_RANGE, now);
    if (suspect == null || hot.size() >= MAX_HOT) {
      return false;
    }
    suspects.remove(key);
    HotKeyQueue<T> promoted =
        new HotKeyQueue<>(key, suspect.admittedUnits(), now - suspect.since(), now);
    promoted.answered(0, units, now, now);
    hot.put(key, promoted);
    return true;
  }

  /** {@return whether a key is hot} */
  public boolean isHot(Object key) {
    return hot.containsKey(key);
  }

  /** {@return the hot keys as they are now, those that are hot longest first} */
  public List<State> states() {
    return hot.isEmpty() ? List.of() : hot.values().stream().map(HotKeyQueue::state).toList();
  }

  /**
   * A hot key.
   *
   * @param key the partition key
   * @param unitsPerSecond the write units a second that it is sent now
   * @param admittedUnits write units that it was let through since it is hot
   * @param throttledUnits write units that it was throttled since it is hot
   * @param waiting how many of its items wait
   */
  public record State(
      Object key,
      double unitsPerSecond,
      double admittedUnits,
      double throttledUnits,
      int waiting) {}
}
