package dev.sluice.kafka.internal.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ReplayRateTest {
  @Test
  void recordsAreSpacedEvenlyAndAPauseSavesUpNothing() {
    var pace = new ReplayRate(10);
    Instant now = Instant.EPOCH;
    assertThat(pace.next(now)).isZero();
    assertThat(pace.next(now)).isEqualTo(Duration.ofMillis(100));
    assertThat(pace.next(now)).isEqualTo(Duration.ofMillis(200));
    now = now.plusSeconds(7);
    assertThat(pace.next(now)).isZero();
    assertThat(pace.next(now)).isEqualTo(Duration.ofMillis(100));
  }
}
