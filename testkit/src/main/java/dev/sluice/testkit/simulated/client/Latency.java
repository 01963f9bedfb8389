package dev.sluice.testkit.simulated.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long something takes, drawn anew each time. */
@FunctionalInterface
public interface Latency {

  /** Draws one, in nanoseconds, not below zero. */
  long draw(RandomGenerator random);

  /** {@return always the same} */
  static Latency fixed(Duration latency) {
    long nanos = latency.toNanos();
    return random -> nanos;
  }

  /** {@return evenly from the first to the last} */
  static Latency between(Duration least, Duration most) {
    long from = least.toNanos();
    long to = most.toNanos();
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("not a range: " + least + " to " + most);
    }
    return random -> random.nextLong(from, to + 1);
  }

  /**
   * A log-normal distribution, as replies over a network have it: half are below the median, a few
   * far above it.
   *
   * @param median above zero
   * @param p99 what one in a hundred exceeds; not below the median
   * @return the distribution
   * @throws IllegalArgumentException if the two do not fit
   */
  static Latency longTail(Duration median, Duration p99) {
    if (median.isNegative() || median.isZero() || p99.compareTo(median) < 0) {
      throw new IllegalArgumentException("not a long tail: " + median + ", p99 " + p99);
    }
    double middle = median.toNanos();
    // 2.326 standard deviations of a normal distribution are exceeded by one in a hundred.
    double sigma = Math.log(p99.toNanos() / middle) / 2.326;
    return random -> (long) (middle * Math.exp(sigma * random.nextGaussian()));
  }
}
