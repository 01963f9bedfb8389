package dev.sluice.testkit.simulated.throughput;

/**
 * Units that grow with time up to a limit. Starts full. A request dearer than the limit is let
 * through when the bucket is full, and leaves it in debt.
 */
final class TokenBucket {

  private static final double NANOS = 1e9;
  private static final double ROUNDING = 1e-6;

  private double rate;
  private double limit;
  private double units;
  private long at = Long.MIN_VALUE;

  TokenBucket(double rate, double seconds) {
    this.rate = rate;
    this.limit = rate * seconds;
    this.units = limit;
  }

  /** From now on another rate; what is in the bucket stays, as far as the new limit goes. */
  void change(double newRate, double seconds, long now) {
    refill(now);
    rate = newRate;
    limit = newRate * seconds;
    units = Math.min(units, limit);
  }

  boolean take(double wanted, long now) {
    if (rate == Double.POSITIVE_INFINITY) {
      return true;
    }
    refill(now);
    if (units + ROUNDING < Math.min(wanted, limit)) {
      return false;
    }
    units -= wanted;
    return true;
  }

  void give(double taken) {
    units = Math.min(limit, units + taken);
  }

  private void refill(long now) {
    if (at != Long.MIN_VALUE && now > at) {
      units = Math.min(limit, units + rate * (now - at) / NANOS);
    }
    at = Math.max(at, now);
  }
}
