package dev.sluice.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.Fingerprint;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClaimMemoryTest {
  private static final long LATE = 10_000;

  private static LedgerEntry entry(String id) {
    return new LedgerEntry(
        id,
        new SourcePosition("t/0/" + id),
        LedgerEntry.Mode.LEDGER,
        Fingerprint.of(new byte[] {1}),
        List.of(Suffix.NONE),
        null);
  }

  @Test
  void whatIsPutInIsFoundUntilShortlyBeforeItExpires() {
    ClaimMemory memory = new ClaimMemory(3);
    memory.remember(entry("a"), LATE);

    assertThat(memory.find("a", 0)).isEqualTo(entry("a"));
    assertThat(memory.expireAt("a")).isEqualTo(LATE);
    assertThat(memory.find("a", LATE - ClaimMemory.MARGIN_SECONDS - 1)).isNotNull();
    assertThat(memory.find("a", LATE - ClaimMemory.MARGIN_SECONDS)).isNull();
    assertThat(memory.size()).isZero();
  }

  @Test
  void itHoldsSoManyAndForgetsTheLeastRecentlyUsed() {
    ClaimMemory memory = new ClaimMemory(2);
    memory.remember(entry("a"), LATE);
    memory.remember(entry("b"), LATE);
    assertThat(memory.find("a", 0)).isNotNull();
    memory.remember(entry("c"), LATE);

    assertThat(memory.size()).isEqualTo(2);
    assertThat(memory.find("b", 0)).isNull();
    assertThat(memory.find("a", 0)).isNotNull();
    assertThat(memory.find("c", 0)).isNotNull();
  }

  @Test
  void manyFitAndNeverMoreThanAllowed() {
    ClaimMemory memory = new ClaimMemory(1_000);
    for (int i = 0; i < 5_000; i++) {
      memory.remember(entry("order-" + i), LATE);
      memory.remember(entry("order-" + i), LATE + i);
    }

    assertThat(memory.size()).isBetween(900, 1_000);
    int found = 0;
    for (int i = 4_500; i < 5_000; i++) {
      found += memory.find("order-" + i, 0) == null ? 0 : 1;
    }
    assertThat(found).as("of the last 500").isGreaterThan(490);
  }

  @Test
  void zeroSwitchesItOff() {
    ClaimMemory memory = new ClaimMemory(0);
    memory.remember(entry("a"), LATE);

    assertThat(memory.size()).isZero();
    assertThat(memory.find("a", 0)).isNull();
  }

  @Test
  void whatIsForgottenIsNotFound() {
    ClaimMemory memory = new ClaimMemory(2);
    memory.remember(entry("a"), LATE);
    memory.forget("a");

    assertThat(memory.find("a", 0)).isNull();
  }
}
