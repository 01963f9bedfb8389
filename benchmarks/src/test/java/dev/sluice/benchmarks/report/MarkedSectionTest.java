package dev.sluice.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class MarkedSectionTest {
  @Test
  void onlyWhatIsBetweenTheMarksIsReplaced() {
    String page = "before\n<!-- a: begin -->\nold\n<!-- a: end -->\nafter\n";

    assertThat(MarkedSection.replaced(page, "a", "new\n"))
        .isEqualTo("before\n<!-- a: begin -->\n\nnew\n\n<!-- a: end -->\nafter\n");
  }

  @Test
  void pageWithoutTheMarksIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MarkedSection.replaced("page", "a", "new"));
  }
}
