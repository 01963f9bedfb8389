package dev.sluice.flow;

/**
 * How much was let through and how much was refused, of late: what is a second old counts half. Not
 * safe for use by several threads.
 */
final class Tally {
  private static final double HALF_LIFE_NANOS = 1e9;
  private static final long RESOLUTION_NANOS = 100_000_000L;

  private double admitted;
  private double refused;
  private long at;

  Tally(long now) {
    this.at = now;
  }

  void add(double moreAdmitted, double moreRefused, long now) {
    fade(now);
    admitted += moreAdmitted;
    refused += moreRefused;
  }

  private void fade(long now) {
    if (now - at >= RESOLUTION_NANOS) {
      double left = Math.pow(0.5, (now - at) / HALF_LIFE_NANOS);
      admitted *= left;
      refused *= left;
      at = now;
    }
  }

  double count() {
    return admitted + refused;
  }

  double refused() {
    return refused;
  }
}
