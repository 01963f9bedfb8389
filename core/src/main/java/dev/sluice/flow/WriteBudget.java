package dev.sluice.flow;

import static java.util.Objects.requireNonNull;

import dev.sluice.pacing.MonotonicClock;
import dev.sluice.pacing.RateControl;
import dev.sluice.pacing.TokenBucket;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * How many write units a second may be spent on a table: a fixed number, or as many as the table
 * turns out to take.
 *
 * <p>Units are reserved when a request is sent, by an estimate of what it takes, and settled when
 * it is answered, by what it took. What the service throttled is given back, up to a tenth of the
 * rate: beyond that an attempt counts, or what is throttled would be tried again at any rate. A
 * request may go as soon as those before it are paid for: over any stretch of time the reservations
 * are at most the rate and one request, and nothing is saved up while nobody writes.
 *
 * <p>An adaptive budget falls when the table throttles more than 0.5 % of the units in half a
 * second: once for that, however many requests failed, to 97 % of what was let through, and at most
 * to a quarter. After ten seconds without a throttle in which it was the limit, it rises: by a
 * percent each half second up to where it was throttled, then in ever larger steps, so that twice
 * the capacity is found within half a minute. Both by time alone.
 *
 * <p>Safe for use by several threads, and meant to be shared: by the writers of one process that
 * write to one table, or by several tables that share a limit. Nothing of the caller's runs under
 * its lock. It has no timer: a caller that has to wait asks again, after {@link
 * #nanosUntilReady()}.
 */
public final class WriteBudget {
  private static final double LEAST_BY_DEFAULT = 25;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final ReentrantLock lock = new ReentrantLock();
  private final InstantSource clock;
  private final double least;
  private final double most;
  private final TokenBucket bucket;
  private final @Nullable RateControl control;
  // Most budgets never find a limit, and need not be locked to say so.
  private volatile boolean limited;

  private WriteBudget(double least, double most, InstantSource clock) {
    this.least = least;
    this.most = most;
    this.clock = clock;
    this.bucket = new TokenBucket(most, nanosOf(clock.instant()));
    this.control = least < most ? new RateControl(least, most, most) : null;
    this.limited = most < Double.POSITIVE_INFINITY;
  }

  /** {@return a budget that limits nothing, whatever is throttled} */
  public static WriteBudget unlimited() {
    double any = Double.POSITIVE_INFINITY;
    return new WriteBudget(any, any, new MonotonicClock());
  }

  /**
   * A fixed budget, whatever the table throttles or would take.
   *
   * @param units write units a second, above zero; a part of the table's capacity if others write
   *     to it too
   * @return the budget
   * @throws IllegalArgumentException if it is not above zero, or infinite
   */
  public static WriteBudget unitsPerSecond(double units) {
    if (!(units > 0) || Double.isInfinite(units)) {
      throw new IllegalArgumentException(
          "A budget has write units a second above zero; got " + units + '.');
    }
    return new WriteBudget(units, units, new MonotonicClock());
  }

  /**
   * An adaptive budget, which starts at its most.
   *
   * @param least write units a second that it never falls below, above zero: what is left to try
   *     with when everything is throttled
   * @param most write units a second that it never rises above, above {@code least}; infinity is
   *     whatever the table takes
   * @return the budget
   * @throws IllegalArgumentException if they are out of range
   */
  public static WriteBudget between(double least, double most) {
    if (!(least > 0) || !(most > least)) {
      throw new IllegalArgumentException(
          "An adaptive budget has a least above zero and a most above that; got %s and %s."
              .formatted(least, most));
    }
    return new WriteBudget(least, most, new MonotonicClock());
  }

  /** {@return the default: between 25, a batch of small items, and whatever the table takes} */
  public static WriteBudget adaptive() {
    return between(LEAST_BY_DEFAULT, Double.POSITIVE_INFINITY);
  }

  /**
   * The same budget, unspent, by another clock; for tests in virtual time.
   *
   * @param time the clock; it must not run backwards
   * @return a budget of its own
   */
  public WriteBudget withClock(InstantSource time) {
    return new WriteBudget(least, most, requireNonNull(time, "time"));
  }

  /** {@return the rate now, in write units a second; infinity where nothing is limited} */
  public double unitsPerSecond() {
    if (!limited) {
      return Double.POSITIVE_INFINITY;
    }
    lock.lock();
    try {
      conclude(now());
      return bucket.rate();
    } finally {
      lock.unlock();
    }
  }

  /** {@return whether there is a limit now: an adaptive budget may have found none yet} */
  public boolean isLimited() {
    return limited;
  }

  /**
   * Reserves units for a request that is sent at once.
   *
   * @param units what it will take, by estimate; 0 or more
   * @return the reservation, or nothing if it has to wait
   * @throws IllegalArgumentException if the units are negative
   */
  public Optional<Reservation> reserve(double units) {
    requireUnits(units);
    lock.lock();
    try {
      long now = now();
      if (!isReady(now)) {
        return Optional.empty();
      }
      return Optional.of(take(units, now));
    } finally {
      lock.unlock();
    }
  }

  private static void requireUnits(double units) {
    if (!(units >= 0)) {
      throw new IllegalArgumentException("Units are not negative; got " + units + '.');
    }
  }

  private Reservation take(double units, long now) {
    bucket.spend(units, now);
    if (control != null) {
      control.sent(units, now);
    }
    return new Reservation(units, now);
  }

  /** {@return whether a reservation would be granted now; asking counts as wanting one} */
  public boolean isReady() {
    if (!limited) {
      return true;
    }
    lock.lock();
    try {
      return isReady(now());
    } finally {
      lock.unlock();
    }
  }

  private boolean isReady(long now) {
    conclude(now);
    boolean ready = bucket.isReady(now);
    if (!ready && control != null) {
      control.limited(now);
    }
    return ready;
  }

  /**
   * {@return after how many nanoseconds to ask again; 0 if a reservation would be granted now. As
   * with {@link #isReady()}, asking counts as wanting one}
   */
  public long nanosUntilReady() {
    if (!limited) {
      return 0;
    }
    lock.lock();
    try {
      long now = now();
      if (isReady(now)) {
        return 0;
      }
      long nanos = bucket.nanosUntilReady(now);
      // By then the rate may have risen, or others may have given back.
      return Math.min(nanos, RateControl.WINDOW_NANOS);
    } finally {
      lock.unlock();
    }
  }

  private void conclude(long now) {
    if (control != null && control.conclude(now)) {
      bucket.change(control.rate(), now);
      limited = bucket.rate() < Double.POSITIVE_INFINITY;
    }
  }

  private long now() {
    return nanosOf(clock.instant());
  }

  private static long nanosOf(Instant instant) {
    return instant.getEpochSecond() * NANOS_PER_SECOND + instant.getNano();
  }

  /** {@return the bounds and nothing that changes} */
  @Override
  public String toString() {
    return least == most ? most + " units/s" : least + " to " + most + " units/s";
  }

  /**
   * Units reserved for one request. One that is never settled counts as taken. Safe for use by
   * several threads.
   */
  public final class Reservation {
    private final double units;
    private final long sentAt;
    private boolean settled;

    private Reservation(double units, long sentAt) {
      this.units = units;
      this.sentAt = sentAt;
    }

    /**
     * Reserves more for the same request, which goes as a whole.
     *
     * @param moreUnits what more it will take; 0 or more
     * @return the further reservation
     * @throws IllegalArgumentException if the units are negative
     */
    public Reservation andMore(double moreUnits) {
      requireUnits(moreUnits);
      lock.lock();
      try {
        return take(moreUnits, now());
      } finally {
        lock.unlock();
      }
    }

    /** {@return the units reserved} */
    public double units() {
      return units;
    }

    /**
     * Says what became of the request; a second call does nothing.
     *
     * @param consumed the units that it took
     * @param throttled the units that this table, or what it shares a limit with, throttled for
     *     their rate: they slow the budget if it adapts. Those that one hot key was throttled do
     *     not count
     */
    public void settle(double consumed, double throttled) {
      lock.lock();
      try {
        if (settled) {
          return;
        }
        settled = true;
        long now = now();
        bucket.correct(consumed + throttled - units, now);
        bucket.giveBack(throttled, now);
        if (control != null) {
          control.answered(consumed, throttled, sentAt, now);
        }
      } finally {
        lock.unlock();
      }
    }

    /** The request was not sent after all. */
    public void cancel() {
      settle(0, 0);
    }
  }
}
