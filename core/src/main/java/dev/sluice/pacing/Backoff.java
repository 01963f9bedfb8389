package dev.sluice.pacing;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Full-jitter backoff: a delay drawn evenly between zero and a bound that doubles with each attempt
 * up to a maximum ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 *
 * @param base the bound after the first failure, above zero
 * @param max the largest bound, at least the base
 */
public record Backoff(Duration base, Duration max) {
  private static final int MAX_DOUBLINGS = 30;

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public Backoff {
    requireNonNull(base, "base");
    requireNonNull(max, "max");
    if (base.isZero() || base.isNegative() || max.compareTo(base) < 0) {
      throw new IllegalArgumentException(
          "A backoff has a base above zero and a maximum of at least the base; got "
              + base
              + " and "
              + max
              + '.');
    }
  }

  /**
   * Draws a delay.
   *
   * @param failures how many attempts have failed in a row, at least 1
   * @param random where to draw from
   * @return the delay in nanoseconds, at least 1
   */
  public long delayNanos(int failures, RandomGenerator random) {
    int doublings = Math.min(failures - 1, MAX_DOUBLINGS);
    double bound = Math.min((double) max.toNanos(), (double) base.toNanos() * (1L << doublings));
    return 1 + (long) (random.nextDouble() * bound);
  }
}
