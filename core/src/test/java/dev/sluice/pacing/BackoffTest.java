package dev.sluice.pacing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Delays are drawn from zero to a bound that doubles up to the maximum. */
class BackoffTest {
  private final Backoff backoff = new Backoff(Duration.ofMillis(7), Duration.ofMillis(101));

  private LongStream drawn(int failures) {
    SplittableRandom random = new SplittableRandom(failures);
    return LongStream.generate(() -> backoff.delayNanos(failures, random)).limit(10_007);
  }

  @Test
  void theBoundDoublesAndStopsAtTheMaximum() {
    long[] bounds = {7, 14, 28, 56, 101, 101, 101};
    for (int failures = 1; failures <= bounds.length; failures++) {
      long bound = Duration.ofMillis(bounds[failures - 1]).toNanos();
      assertThat(drawn(failures).max().orElseThrow()).isBetween(bound / 100 * 99, bound + 1);
      assertThat(drawn(failures).min().orElseThrow()).isBetween(1L, bound / 100);
    }
  }

  @Test
  void theJitterIsEven() {
    long bound = Duration.ofMillis(28).toNanos();

    assertThat(drawn(3).average().orElseThrow()).isBetween(bound * 0.48, bound * 0.52);
  }

  @Test
  void anyNumberOfFailuresStaysWithinTheMaximum() {
    long max = Duration.ofMillis(101).toNanos() + 1;
    for (int failures : new int[] {31, 32, 33, 63, 64, 65, 1_000_003, Integer.MAX_VALUE}) {
      assertThat(drawn(failures).allMatch(delay -> delay >= 1 && delay <= max)).isTrue();
    }
  }

  @Test
  void badSettingsAreRejected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1)))
        .withMessageContaining("PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
        .withMessageContaining("PT2S and PT1S");
  }
}
