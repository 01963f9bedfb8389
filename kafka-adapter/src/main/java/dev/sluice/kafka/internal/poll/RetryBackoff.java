package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.record.ConsumerOptions;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Waits drawn evenly below a ceiling that doubles with each failure (full jitter). */
final class RetryBackoff {
  private final long min;
  private final long max;
  private final RandomGenerator random;

  RetryBackoff(ConsumerOptions options, RandomGenerator random) {
    this.min = options.retryBackoffMin().toMillis();
    this.max = options.retryBackoffMax().toMillis();
    this.random = random;
  }

  /**
   * The wait after so many failures in a row.
   *
   * @param failures 1 or more
   * @return at least 1 ms
   */
  Duration after(int failures) {
    int doublings = Math.min(failures - 1, 30);
    long ceiling = min > max >> doublings ? max : min << doublings;
    return Duration.ofMillis(1 + random.nextLong(ceiling));
  }
}
