package dev.sluice.pacing;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The partition keys of one table that have come back, and what became of each and of all others
 * since, so as to tell those that are throttled for themselves from those that are throttled as all
 * are.
 *
 * <p>Not safe for use by several threads; times are readings in nanoseconds of one clock.
 */
final class SuspectKeys {
  private static final int MAX_WATCHED = 4096;
  private static final double DEVIATIONS = 5;
  private static final int LEAST_THROTTLES = 4;
  private static final double TIMES_THE_OTHERS = 2;
  private static final double MORE_THAN_OTHERS = 0.25;
  private static final double ENOUGH_OTHERS = 10;
  private static final double FEW_THROTTLED = 0.1;
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long SAMPLE_NANOS = 2_000_000_000L;

  /** A key that has come back, and what became of it and of all others since. */
  static final class Suspect {
    private long since;
    private long seenAt;
    private int admitted;
    private int throttled;
    private double admittedUnits;
    private long allAdmittedBefore;
    private long allThrottledBefore;

    /** {@return the write units that it was let through since it is watched} */
    double admittedUnits() {
      return admittedUnits;
    }

    /** {@return since when it is watched} */
    long since() {
      return since;
    }
  }

  private final long idleNanos;
  // Of all keys that are not hot.
  private long allAdmitted;
  private long allThrottled;
  private double recentlyAdmitted;
  private double recentlyThrottled;
  private long fadedAt;
  private final Map<Object, Suspect> watched =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Suspect> eldest) {
          return size() > MAX_WATCHED;
        }
      };

  /**
   * Creates it with no key watched.
   *
   * @param idleNanos after how long without a throttle a key is forgotten
   */
  SuspectKeys(long idleNanos) {
    this.idleNanos = idleNanos;
  }

  boolean isEmpty() {
    return watched.isEmpty();
  }

  /** Forgets those that have not been seen for long. */
  void forget(long now) {
    // In the order in which they were last seen.
    Iterator<Suspect> eldest = watched.values().iterator();
    while (eldest.hasNext() && now - eldest.next().seenAt >= idleNanos) {
      eldest.remove();
    }
  }

  /** {@return when to forget again; nothing if none is watched} */
  OptionalLong nextForget() {
    return watched.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(watched.values().iterator().next().seenAt + idleNanos);
  }

  /** Something was written of a key that is not hot. */
  void admitted(Object key, double units, long now) {
    allAdmitted++;
    fade(now);
    recentlyAdmitted++;
    Suspect seen = watched.isEmpty() ? null : watched.get(key);
    if (seen != null) {
      seen.admitted++;
      seen.admittedUnits += units;
      seen.seenAt = now;
    }
  }

  /**
   * Something was throttled of a key that is not hot.
   *
   * @param key the partition key
   * @param named whether the service named its range of keys
   * @param now the time
   * @return what is known of it if the key itself is the reason; null if the table is
   */
  @Nullable Suspect throttled(Object key, boolean named, long now) {
    allThrottled++;
    Suspect seen = watched.get(key);
    if (seen == null) {
      seen = new Suspect();
      watched.put(key, seen);
      restart(seen, now);
    } else if (now - seen.since > SAMPLE_NANOS) {
      restart(seen, now);
    } else {
      seen.throttled++;
    }
    seen.seenAt = now;
    recentlyThrottled++;
    // A table whose partitions are all at their limits names a range of keys for every key.
    return standsOut(seen) || (named && othersAreWell(now)) ? seen : null;
  }

  /** A key is watched no more. */
  void remove(Object key) {
    watched.remove(key);
  }

  private boolean othersAreWell(long now) {
    fade(now);
    double count = recentlyAdmitted + recentlyThrottled;
    return recentlyAdmitted >= ENOUGH_OTHERS && recentlyThrottled <= FEW_THROTTLED * count;
  }

  /** What is a second old counts half. */
  private void fade(long now) {
    long seconds = (now - fadedAt) / SECOND_NANOS;
    if (seconds > 0) {
      double left = Math.pow(0.5, (double) seconds);
      recentlyAdmitted *= left;
      recentlyThrottled *= left;
      fadedAt = now;
    }
  }

  /** Begins a sample; what made it begin is none, or every key would look hot. */
  private void restart(Suspect seen, long now) {
    seen.since = now;
    seen.admitted = 0;
    seen.throttled = 0;
    seen.admittedUnits = 0;
    seen.allAdmittedBefore = allAdmitted;
    seen.allThrottledBefore = allThrottled;
  }

  /** Compared with all others in the same time: a table may begin to throttle everybody at once. */
  private boolean standsOut(Suspect its) {
    int count = its.admitted + its.throttled;
    long othersThrottled = allThrottled - its.allThrottledBefore - its.throttled;
    long others = allAdmitted - its.allAdmittedBefore - its.admitted + othersThrottled;
    if (others < 1) {
      return false;
    }
    double byChance = (double) count * othersThrottled / others;
    // Twice the others, or where several hot keys are most of the others, clearly more than they.
    double least = Math.min(TIMES_THE_OTHERS * byChance, byChance + MORE_THAN_OTHERS * count);
    return its.throttled >= LEAST_THROTTLES
        && its.throttled > least
        && surprise(its.throttled, count, (double) othersThrottled, (double) others)
            > DEVIATIONS * DEVIATIONS;
  }

  /**
   * How unlikely it is that two samples are of one share: the square of the standard deviations
   * (Dunning, "Accurate Methods for the Statistics of Surprise and Coincidence", 1993), which holds
   * for small samples and shares too.
   */
  private static double surprise(
      double throttled, double of, double othersThrottled, double ofOthers) {
    double share = (throttled + othersThrottled) / (of + ofOthers);
    return 2
        * (log(throttled, of * share)
            + log(of - throttled, of * (1 - share))
            + log(othersThrottled, ofOthers * share)
            + log(ofOthers - othersThrottled, ofOthers * (1 - share)));
  }

  private static double log(double seen, double expected) {
    return seen == 0 ? 0 : seen * Math.log(seen / expected);
  }
}
