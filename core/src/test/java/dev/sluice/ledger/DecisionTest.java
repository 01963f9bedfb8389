package dev.sluice.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.Duplicates;
import dev.sluice.model.Fingerprint;
import dev.sluice.model.Outcome;
import dev.sluice.model.Outcome.Conflict.Kind;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The decision table, row by row. */
class DecisionTest {
  private static final SourcePosition MINE = new SourcePosition("t/0/1");
  private static final SourcePosition OTHERS = new SourcePosition("t/1/7");

  private static Fingerprint of(String text) {
    return text == null ? null : Fingerprint.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static LedgerEntry entry(SourcePosition source, String keys, String hash, int effects) {
    return new LedgerEntry(
        "s#e",
        source,
        LedgerEntry.Mode.LEDGER,
        of(keys),
        Collections.nCopies(effects, new Suffix(0, 3)),
        of(hash));
  }

  private static final LedgerEntry STANDING = entry(MINE, "keys", "hash", 2);

  private static Decision conflict(Kind kind) {
    return new Decision.Ended(new Outcome.Conflict(kind, MINE));
  }

  private static Decision decide(LedgerEntry standing, LedgerEntry mine) {
    return Decision.of(standing, mine, Duplicates.DROP);
  }

  @Test
  void myOwnEarlierAttemptIsReplayedAsItWasRecorded() {
    LedgerEntry again =
        new LedgerEntry(
            "s#e",
            MINE,
            LedgerEntry.Mode.LEDGER,
            of("keys"),
            List.of(Suffix.NONE, new Suffix(0, 5)),
            of("hash"));

    assertThat(decide(STANDING, again)).isEqualTo(new Decision.Replay(STANDING));
  }

  @Test
  void anotherSourceWithTheSameContentIsADuplicateWhateverItMapsTo() {
    Decision duplicate = new Decision.Ended(new Outcome.Duplicate(MINE));
    assertThat(decide(STANDING, entry(OTHERS, "keys", "hash", 2))).isEqualTo(duplicate);
    assertThat(decide(STANDING, entry(OTHERS, "other", "hash", 5))).isEqualTo(duplicate);
  }

  @Test
  void contentThatNobodyNamedContradictsNothing() {
    for (String standing : new String[] {"hash", null}) {
      for (String mine : new String[] {"hash", null}) {
        assertThat(decide(entry(MINE, "keys", standing, 2), entry(OTHERS, "keys", mine, 2)))
            .isEqualTo(new Decision.Ended(new Outcome.Duplicate(MINE)));
        assertThat(decide(entry(MINE, "keys", standing, 2), entry(MINE, "keys", mine, 2)))
            .isInstanceOf(Decision.Replay.class);
      }
    }
  }

  @Test
  void otherContentIsAConflictWhoeverBringsIt() {
    assertThat(decide(STANDING, entry(OTHERS, "keys", "new", 2)))
        .isEqualTo(conflict(Kind.OTHER_CONTENT));
    assertThat(decide(STANDING, entry(MINE, "keys", "new", 2)))
        .isEqualTo(conflict(Kind.CONTENT_CHANGED));
    assertThat(decide(STANDING, entry(MINE, "other", "new", 2)))
        .isEqualTo(conflict(Kind.CONTENT_CHANGED));
  }

  @Test
  void anotherMappingOfMyOwnRecordIsAConflict() {
    assertThat(decide(STANDING, entry(MINE, "other", "hash", 2)))
        .isEqualTo(conflict(Kind.MAPPING_CHANGED));
    assertThat(decide(STANDING, entry(MINE, "keys", "hash", 3)))
        .isEqualTo(conflict(Kind.MAPPING_CHANGED));
    assertThat(decide(STANDING, entry(MINE, "keys", null, 1)))
        .isEqualTo(conflict(Kind.MAPPING_CHANGED));
  }
}
