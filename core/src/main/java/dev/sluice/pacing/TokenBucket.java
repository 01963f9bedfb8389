package dev.sluice.pacing;

/**
 * Units that come free with time. A request may go as soon as those before it are paid for,
 * whatever it costs itself: so a dear request is never starved by cheap ones, and over any stretch
 * of time no more than the rate and one request goes out.
 *
 * <p>Credit does not gather, but for a moment while somebody waits, so that a wake-up that comes a
 * little late costs nothing. Not safe for use by several threads; times are readings in nanoseconds
 * of one clock.
 *
 * <p>An uneven bucket lets a request wait for longer now and then, up to the time that the one
 * before takes, and makes up for it afterwards. Several processes whose requests come at even
 * intervals would keep in step, and all that a full table throttles would be throttled of one of
 * them.
 */
public final class TokenBucket {
  /** How late a wake-up may be and still be made up for. */
  private static final double LATENESS_SECONDS = 0.01;

  /** How much of the rate what was throttled may be given back of, so that it is tried again. */
  private static final double GIVEN_BACK = 0.1;

  private static final double NANOS = 1e9;

  /** A large odd number, to spread what is nearly alike (Knuth, "multiplicative hashing"). */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  /** What rounding may leave of a debt. */
  private static final double PAID = -1e-6;

  private final boolean even;
  private double rate;
  // Below zero is what is still to be paid for.
  private double level;
  private double returnable;
  private long at;
  private boolean waiting;
  // What has to be there, beyond what is owed, before the next request may go.
  private double held;

  private TokenBucket(boolean even, double rate, long now) {
    this.even = even;
    this.rate = rate;
    this.at = now;
  }

  /**
   * A bucket from which nothing is owed, for a rate that stays.
   *
   * @param rate units a second, above zero; infinity is no limit
   * @param now the time
   * @return the bucket
   */
  public static TokenBucket even(double rate, long now) {
    return new TokenBucket(true, rate, now);
  }

  /**
   * A bucket from which nothing is owed, for a rate that adapts, and nothing that was throttled is
   * given back: the rate is what may be tried.
   *
   * @param rate units a second, above zero; infinity is no limit
   * @param now the time
   * @return the bucket
   */
  public static TokenBucket uneven(double rate, long now) {
    return new TokenBucket(false, rate, now);
  }

  /** {@return units a second} */
  public double rate() {
    return rate;
  }

  /**
   * Changes the rate from now on; what is owed stays owed.
   *
   * @param newRate units a second
   * @param now the time
   */
  public void change(double newRate, long now) {
    refill(now);
    rate = newRate;
  }

  /**
   * Whether a request may go now; if not, somebody waits from now on.
   *
   * @param now the time
   * @return whether it may
   */
  public boolean isReady(long now) {
    refill(now);
    boolean ready = level >= held + PAID;
    waiting |= !ready;
    return ready;
  }

  /**
   * Pays for a request that goes now.
   *
   * @param units what it costs
   * @param now the time
   */
  public void spend(double units, long now) {
    refill(now);
    waiting = false;
    level -= units;
    held = even ? 0 : units * drawn(level, now);
  }

  /** A number from 0 to 1 that looks like chance, and comes out alike when a run is repeated. */
  private static double drawn(double level, long now) {
    return (((Double.doubleToLongBits(level) ^ now) * SPREAD) >>> 11) * 0x1.0p-53;
  }

  /**
   * Corrects what a request was taken for.
   *
   * @param units what it cost beyond that; below zero if it cost less
   * @param now the time
   */
  public void correct(double units, long now) {
    refill(now);
    level = Math.min(level - units, mostCredit());
  }

  /**
   * Gives back what was throttled, up to a tenth of the rate; an uneven bucket nothing. If all were
   * given back, the same would be tried again and again at any rate while nothing goes through.
   *
   * @param units what was throttled
   * @param now the time
   */
  public void giveBack(double units, long now) {
    if (!even) {
      return;
    }
    refill(now);
    double given = Math.min(units, returnable);
    returnable -= given;
    level = Math.min(level + given, mostCredit());
  }

  /**
   * In how many nanoseconds a request may go, if nothing else happens.
   *
   * @param now the time
   * @return the nanoseconds; 0 if it may go now
   */
  public long nanosUntilReady(long now) {
    refill(now);
    return level >= held + PAID
        ? 0
        : (long) Math.ceil(Math.min((held - level) / rate * NANOS, Long.MAX_VALUE / 2.0));
  }

  private double mostCredit() {
    return rate == Double.POSITIVE_INFINITY ? 0 : held + rate * LATENESS_SECONDS;
  }

  private void refill(long now) {
    if (rate == Double.POSITIVE_INFINITY) {
      level = 0;
      held = 0;
    } else if (now > at) {
      double earned = rate * (now - at) / NANOS;
      double more = level + earned;
      returnable = Math.min(returnable + GIVEN_BACK * earned, GIVEN_BACK * rate);
      if (waiting) {
        level = Math.min(more, mostCredit());
      } else {
        level = Math.max(level, Math.min(more, 0));
        held = more > 0 ? 0 : held;
      }
    }
    at = Math.max(at, now);
  }
}
