package dev.sluice.read;

import dev.sluice.metrics.ReadMetrics;
import dev.sluice.pacing.TokenBucket;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The read units of a reader: how many a second its queries may take, what they took, and who is
 * told. A query may go as soon as those before it are paid for; what it takes is guessed from those
 * before it, and put right by its answer. Safe for use by several threads.
 */
final class ReadUse {
  private static final double WEIGHT = 1.0 / 8;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final ReadMetrics metrics;
  private final InstantSource clock;
  private final TokenBucket bucket;
  private double guess = 1;

  /**
   * Creates the use of a reader that has read nothing.
   *
   * @param unitsPerSecond the most; infinity is no limit
   * @param metrics who is told
   * @param clock the time
   */
  ReadUse(double unitsPerSecond, ReadMetrics metrics, InstantSource clock) {
    this.metrics = metrics;
    this.clock = clock;
    this.bucket = TokenBucket.even(unitsPerSecond, nanos());
  }

  ReadMetrics metrics() {
    return metrics;
  }

  long nanos() {
    Instant now = clock.instant();
    return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
  }

  /**
   * Takes what a query is guessed to take, if it may go.
   *
   * @return 0 if it may; else in how many nanoseconds to ask again
   */
  synchronized long take() {
    long now = nanos();
    if (!bucket.isReady(now)) {
      return Math.max(1, bucket.nanosUntilReady(now));
    }
    bucket.spend(guess, now);
    return 0;
  }

  /** A query was answered, and took so much. */
  synchronized void took(double units) {
    bucket.correct(units - guess, nanos());
    guess += WEIGHT * (units - guess);
  }
}
