package dev.sluice.flow;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Tells the partition keys of one table that are refused for being hot from a table that refuses
 * everybody alike, and slows the hot ones, each by itself.
 *
 * <p>The service names no key: unprocessed items and failed statements carry no reason at all. So a
 * key that came back is watched, and is hot once it is refused far more often than all others
 * together in the same time: so that chance would hardly have it (five standard deviations, since
 * each refusal is another look), and twice the share or a quarter more. A range of keys that the
 * service names is believed at once while hardly any other key is refused. What a hot key is sent
 * is paced like a table's budget, starting from what it was let through, at most {@value
 * #PARTITION_UNITS} write units a second, and waits in a line of its own. A key is forgotten once
 * nothing of it has waited or been refused for ten seconds.
 *
 * <p>Not safe for use by several threads; times are readings in nanoseconds of one clock.
 *
 * @param <T> what waits
 */
public final class HotKeys<T> {
  /** The most write units a second of one partition key (developer guide, "partitions"). */
  public static final int PARTITION_UNITS = 1000;

  private static final int MAX_WATCHED = 4096;
  private static final int MAX_HOT = 1000;
  private static final double DEVIATIONS = 5;
  private static final int LEAST_REFUSALS = 4;
  private static final double TIMES_THE_OTHERS = 2;
  private static final double MORE_THAN_OTHERS = 0.25;
  private static final double ENOUGH_OTHERS = 10;
  private static final double FEW_REFUSED = 0.1;
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long SAMPLE_NANOS = 2_000_000_000L;
  private static final long IDLE_NANOS = 10_000_000_000L;

  /** Who refused an item. */
  public enum Refusal {
    /** The service named the range of keys. */
    BY_KEY_RANGE,
    /** The service named the table, an index or the account. */
    BY_TABLE,
    /** The service did not say. */
    UNKNOWN
  }

  /** A key that has come back, and what became of it and of all others since. */
  private static final class Watched {
    long since;
    long seenAt;
    int admitted;
    int refused;
    double admittedUnits;
    long allAdmittedBefore;
    long allRefusedBefore;
  }

  private final Predicate<T> isWanted;
  // Of all keys that are not hot.
  private long allAdmitted;
  private long allRefused;
  private double recentlyAdmitted;
  private double recentlyRefused;
  private long fadedAt;
  private final Map<Object, Watched> watched =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Watched> eldest) {
          return size() > MAX_WATCHED;
        }
      };
  private final Map<Object, HotKey<T>> hot = new LinkedHashMap<>();
  private int waiting;
  private long waitingBytes;

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
    return hot.isEmpty() && watched.isEmpty();
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

  /** {@return their bytes} */
  public long waitingBytes() {
    return waitingBytes;
  }

  /**
   * Takes something that is about to be sent, if its key is hot and it is not yet its turn.
   *
   * @param key the partition key
   * @param element what is to be sent
   * @param units the write units that it takes
   * @param bytes the memory that it takes
   * @param now the time
   * @return whether it waits here; if not, it may be sent
   */
  public boolean holds(Object key, T element, double units, long bytes, long now) {
    HotKey<T> its = hot.isEmpty() ? null : hot.get(key);
    if (its == null || its.passes(units, now)) {
      return false;
    }
    its.hold(element, units, bytes, now);
    waiting++;
    waitingBytes += bytes;
    return true;
  }

  /**
   * Lets go whose turn it is, and forgets keys that are hot no more.
   *
   * @param now the time
   * @param to who sends it
   */
  public void release(long now, Consumer<T> to) {
    if (!watched.isEmpty()) {
      forgetWatched(now);
    }
    if (hot.isEmpty()) {
      return;
    }
    List<T> free = new ArrayList<>(0);
    waiting = 0;
    waitingBytes = 0;
    for (Iterator<HotKey<T>> keys = hot.values().iterator(); keys.hasNext(); ) {
      HotKey<T> key = keys.next();
      key.release(now, isWanted, free);
      waiting += key.waiting();
      waitingBytes += key.bytes();
      if (key.isIdle(now, IDLE_NANOS)) {
        keys.remove();
      }
    }
    free.forEach(to);
  }

  private void forgetWatched(long now) {
    // In the order in which they were last seen.
    Iterator<Watched> eldest = watched.values().iterator();
    while (eldest.hasNext() && now - eldest.next().seenAt >= IDLE_NANOS) {
      eldest.remove();
    }
  }

  /**
   * When to release again, or to forget.
   *
   * @param now the time
   * @return the time; nothing if nothing waits and nothing is to be forgotten
   */
  public OptionalLong nextRelease(long now) {
    long next = Long.MAX_VALUE;
    for (HotKey<T> key : hot.values()) {
      next = Math.min(next, key.nextRelease(now, IDLE_NANOS));
    }
    if (!watched.isEmpty()) {
      next = Math.min(next, watched.values().iterator().next().seenAt + IDLE_NANOS);
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
    HotKey<T> its = hot.isEmpty() ? null : hot.get(key);
    if (its != null) {
      its.answered(units, 0, sentAt, now);
      return;
    }
    allAdmitted++;
    fade(now);
    recentlyAdmitted++;
    Watched seen = watched.isEmpty() ? null : watched.get(key);
    if (seen != null) {
      seen.admitted++;
      seen.admittedUnits += units;
      seen.seenAt = now;
    }
  }

  /**
   * Something was refused for its rate.
   *
   * @param key the partition key
   * @param units the write units that it would have taken
   * @param by who refused it
   * @param sentAt when it was sent
   * @param now the time
   * @return whether the key itself is the reason; if not, the table is
   */
  public boolean isRefusedForItself(Object key, double units, Refusal by, long sentAt, long now) {
    HotKey<T> its = hot.get(key);
    if (by == Refusal.BY_TABLE) {
      return false;
    }
    if (its != null) {
      its.answered(0, units, sentAt, now);
      return true;
    }
    allRefused++;
    Watched seen = watched.get(key);
    if (seen == null) {
      seen = new Watched();
      watched.put(key, seen);
      restart(seen, now);
    } else if (now - seen.since > SAMPLE_NANOS) {
      restart(seen, now);
    } else {
      seen.refused++;
    }
    seen.seenAt = now;
    recentlyRefused++;
    boolean isHot = standsOut(seen) || (by == Refusal.BY_KEY_RANGE && othersAreWell(now));
    if (isHot && hot.size() < MAX_HOT) {
      watched.remove(key);
      HotKey<T> promoted = new HotKey<>(key, seen.admittedUnits, now - seen.since, now);
      promoted.answered(0, units, now, now);
      hot.put(key, promoted);
      return true;
    }
    // A table whose partitions are all at their limits names a range of keys for every key.
    return false;
  }

  private boolean othersAreWell(long now) {
    fade(now);
    double count = recentlyAdmitted + recentlyRefused;
    return recentlyAdmitted >= ENOUGH_OTHERS && recentlyRefused <= FEW_REFUSED * count;
  }

  /** What is a second old counts half. */
  private void fade(long now) {
    long seconds = (now - fadedAt) / SECOND_NANOS;
    if (seconds > 0) {
      double left = Math.pow(0.5, (double) seconds);
      recentlyAdmitted *= left;
      recentlyRefused *= left;
      fadedAt = now;
    }
  }

  /** Begins a sample; what made it begin is none, or every key would look hot. */
  private void restart(Watched seen, long now) {
    seen.since = now;
    seen.admitted = 0;
    seen.refused = 0;
    seen.admittedUnits = 0;
    seen.allAdmittedBefore = allAdmitted;
    seen.allRefusedBefore = allRefused;
  }

  /** Compared with all others in the same time: a table may begin to refuse everybody at once. */
  private boolean standsOut(Watched its) {
    int count = its.admitted + its.refused;
    long othersRefused = allRefused - its.allRefusedBefore - its.refused;
    long others = allAdmitted - its.allAdmittedBefore - its.admitted + othersRefused;
    if (others < 1) {
      return false;
    }
    double byChance = (double) count * othersRefused / others;
    // Twice the others, or where several hot keys are most of the others, clearly more than they.
    double least = Math.min(TIMES_THE_OTHERS * byChance, byChance + MORE_THAN_OTHERS * count);
    return its.refused >= LEAST_REFUSALS
        && its.refused > least
        && surprise(its.refused, count, (double) othersRefused, (double) others)
            > DEVIATIONS * DEVIATIONS;
  }

  /**
   * How unlikely it is that two samples are of one share: the square of the standard deviations
   * (Dunning, "Accurate Methods for the Statistics of Surprise and Coincidence", 1993), which holds
   * for small samples and shares too.
   */
  private static double surprise(double refused, double of, double othersRefused, double ofOthers) {
    double share = (refused + othersRefused) / (of + ofOthers);
    return 2
        * (log(refused, of * share)
            + log(of - refused, of * (1 - share))
            + log(othersRefused, ofOthers * share)
            + log(ofOthers - othersRefused, ofOthers * (1 - share)));
  }

  private static double log(double seen, double expected) {
    return seen == 0 ? 0 : seen * Math.log(seen / expected);
  }

  /** {@return whether a key is hot} */
  public boolean isHot(Object key) {
    return hot.containsKey(key);
  }

  /** {@return the hot keys as they are now, those that are hot longest first} */
  public List<State> states() {
    return hot.isEmpty() ? List.of() : hot.values().stream().map(HotKey::state).toList();
  }

  /**
   * A hot key.
   *
   * @param key the partition key
   * @param unitsPerSecond the write units a second that it is sent now
   * @param admittedUnits write units that it was let through since it is hot
   * @param refusedUnits write units that it was refused since it is hot
   * @param waiting how many of its items wait
   */
  public record State(
      Object key, double unitsPerSecond, double admittedUnits, double refusedUnits, int waiting) {}
}
