package dev.sluice.pacing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class UnitEstimateTest {
  private final UnitEstimate estimate = new UnitEstimate();

  @Test
  void atFirstItGoesBySize() {
    assertThat(estimate.of(7)).isEqualTo(7);
  }

  @Test
  void itLearnsThatIndexWritesAreChargedToo() {
    for (int i = 0; i < 101; i++) {
      estimate.learn(25, 75);
    }

    assertThat(estimate.of(10)).isCloseTo(30, within(0.5));
  }

  @Test
  void itForgetsWhatIsNoMore() {
    for (int i = 0; i < 101; i++) {
      estimate.learn(25, 75);
    }
    for (int i = 0; i < 101; i++) {
      estimate.learn(25, 25);
    }

    assertThat(estimate.of(10)).isCloseTo(10, within(0.5));
  }

  @Test
  void oneOddReportChangesLittle() {
    estimate.learn(1, 1_000_000);

    assertThat(estimate.of(1)).isLessThan(10);
  }
}
