package dev.sluice.flow;

import static java.util.Objects.requireNonNull;

import dev.sluice.pacing.FairShares;
import dev.sluice.pacing.MonotonicClock;
import dev.sluice.pacing.UnitPool;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How many write units a second may be spent on a table: a fixed number, or as many as the table
 * turns out to take.
 *
 * <p>Units are reserved when a request is sent, by an estimate of what it takes, and settled when
 * it is answered, by what it took. A request may go as soon as those before it are paid for: over
 * any stretch of time the reservations are at most the rate and one request, and nothing is saved
 * up while nobody writes. Of what the service throttled a fixed budget gives back up to a tenth of
 * its rate: beyond that an attempt counts, or what is throttled would be tried again at any rate.
 *
 * <p>An adaptive budget finds the rate at which the table throttles about one percent, and stays
 * there; it gives nothing back, and spaces requests a little unevenly (over any stretch of time at
 * most the rate and two requests). Processes that write to one table, each with such a budget, come
 * to even shares of it within minutes, whoever was there first. Where more than a tenth of the
 * units is throttled in half a second, it falls once, however many requests failed: to what was let
 * through, and within a second to no less than a quarter of what was tried. As soon as nothing is
 * throttled any more it returns to the rate of before: an outage is not taken for a capacity.
 * Beyond what it has found it rises in ever larger steps, so that twice the capacity is found
 * within half a minute. All by time alone.
 *
 * <p>Safe for use by several threads, and meant to be shared: by the writers of one process that
 * write to one table, or by several tables that share a limit. While several of them wait, each
 * writer gets as many units as the others, or as its {@linkplain #withWeight weight} says, however
 * large their requests are. Nothing of the caller's runs under its lock. It has no timer: a caller
 * that has to wait asks again, after {@link #nanosUntilReady()}.
 */
public final class WriteBudget {
  private static final double LEAST_BY_DEFAULT = 1;
  private static final double LEAST_WEIGHT = 1e-6;
  private static final double MOST_WEIGHT = 1e6;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final InstantSource clock;
  private final double least;
  private final double most;
  private final UnitPool pool;
  private final FairShares.Share share;

  private WriteBudget(double least, double most, InstantSource clock, double weight) {
    this.least = least;
    this.most = most;
    this.clock = clock;
    this.pool = new UnitPool(least, most, nanosOf(clock.instant()));
    this.share = new FairShares.Share(weight);
  }

  private WriteBudget(WriteBudget shared, double weight) {
    this.least = shared.least;
    this.most = shared.most;
    this.clock = shared.clock;
    this.pool = shared.pool;
    this.share = new FairShares.Share(weight);
  }

  /** {@return a budget that limits nothing, whatever is throttled} */
  public static WriteBudget unlimited() {
    double any = Double.POSITIVE_INFINITY;
    return new WriteBudget(any, any, new MonotonicClock(), 1);
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
    return new WriteBudget(units, units, new MonotonicClock(), 1);
  }

  /**
   * An adaptive budget, which starts at its most.
   *
   * @param least write units a second that it never falls below, above zero: what is left to try
   *     with when everything is throttled. Keep it below what the table takes, divided by the
   *     processes that write to it
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
    return new WriteBudget(least, most, new MonotonicClock(), 1);
  }

  /** {@return the default: between one unit a second and whatever the table takes} */
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
    return new WriteBudget(least, most, requireNonNull(time, "time"), share.weight());
  }

  /**
   * The same budget, for a writer that is to have more or less of it than others: a backfill with a
   * weight of 0.01 beside live traffic gets what that leaves, and a hundredth of its units when
   * there is not enough. Only weights of one budget compare, and only while it limits.
   *
   * @param weight from a millionth to a million; a budget that was made otherwise has 1
   * @return the budget with that weight; its units are shared with this one
   * @throws IllegalArgumentException if the weight is out of range
   */
  public WriteBudget withWeight(double weight) {
    if (!(weight >= LEAST_WEIGHT && weight <= MOST_WEIGHT)) {
      throw new IllegalArgumentException(
          "A weight is from a millionth to a million; got " + weight + '.');
    }
    return new WriteBudget(this, weight);
  }

  /**
   * The same budget at the same weight, for one more writer. A writer does this by itself with each
   * budget that it is given.
   *
   * @return the budget, whose units are shared with this one
   */
  public WriteBudget share() {
    return new WriteBudget(this, share.weight());
  }

  /**
   * Whether two budgets are one that is shared, at whatever weights.
   *
   * @param other the other
   * @return whether units of one are units of the other
   */
  public boolean isSharedWith(WriteBudget other) {
    return pool == other.pool;
  }

  /** {@return the rate now, in write units a second; infinity where nothing is limited} */
  public double unitsPerSecond() {
    return pool.isLimited() ? pool.rate(now()) : Double.POSITIVE_INFINITY;
  }

  /** {@return whether there is a limit now: an adaptive budget may have found none yet} */
  public boolean isLimited() {
    return pool.isLimited();
  }

  /**
   * {@return how many units one request should take at most: those of a quarter of a second, so
   * that others need not wait for longer; infinity where nothing is limited}
   */
  public double unitsAtOnce() {
    return pool.atOnce(now());
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
    long now = now();
    return pool.take(share, units, now)
        ? Optional.of(new Reservation(units, now))
        : Optional.empty();
  }

  private static void requireUnits(double units) {
    if (!(units >= 0)) {
      throw new IllegalArgumentException("Units are not negative; got " + units + '.');
    }
  }

  /** {@return whether a reservation would be granted now; asking counts as wanting one} */
  public boolean isReady() {
    return nanosUntilReady() == 0;
  }

  /**
   * {@return after how many nanoseconds to ask again; 0 if a reservation would be granted now. As
   * with {@link #isReady()}, asking counts as wanting one}
   */
  public long nanosUntilReady() {
    return pool.isLimited() ? pool.nanosUntilReady(share, now()) : 0;
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
    private final AtomicBoolean settled = new AtomicBoolean();

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
      long now = now();
      pool.takeMore(share, moreUnits, now);
      return new Reservation(moreUnits, now);
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
      settle(consumed, throttled, 0);
    }

    /**
     * Says what became of the request, as far as that is known; a second call does nothing.
     *
     * @param consumed the units that it took
     * @param throttled the units that were throttled, as above
     * @param unknown the units of which the answer says nothing: a timeout, a failure of the
     *     service. They count as taken, but not as something that the table let through
     */
    public void settle(double consumed, double throttled, double unknown) {
      if (settled.compareAndSet(false, true)) {
        var reply = new UnitPool.Reply(consumed, throttled, unknown);
        pool.settle(share, units, reply, sentAt, now());
      }
    }

    /** The request was not sent after all. */
    public void cancel() {
      settle(0, 0);
    }
  }
}
