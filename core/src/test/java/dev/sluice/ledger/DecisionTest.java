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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

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

    assertThat(decide(STANDING, again)).isEqualTo(new Decision.Replay());
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

  /** As it comes back from the ledger. */
  private static LedgerEntry stored(SourcePosition source) {
    return LedgerItem.parse(LedgerItem.of(entry(source, "keys", "hash", 2), 1));
  }

  /** As an earlier version had stored it: the text alone. */
  private static LedgerEntry old(SourcePosition source) {
    Map<String, AttributeValue> item =
        new HashMap<>(LedgerItem.of(entry(source, "keys", "hash", 2), 1));
    item.remove("noIndex");
    return LedgerItem.parse(item);
  }

  @Test
  void digitsInAnOpaquePositionAreNoIndex() {
    for (String[] pair :
        new String[][] {
          {"shard-1#4959", "shard-1#4960"},
          {"shard-1#49590338271490256608559692538361571095921575989136588898", "shard-1#4960"},
          {"orders.csv#17", "orders.csv#18"},
          {"a#1#2", "a#1#3"},
        }) {
      SourcePosition theirs = new SourcePosition(pair[0]);
      LedgerEntry mine = entry(new SourcePosition(pair[1]), "keys", "hash", 2);
      Decision duplicate = new Decision.Ended(new Outcome.Duplicate(theirs));

      assertThat(decide(stored(theirs), mine)).isEqualTo(duplicate);
      assertThat(decide(old(theirs), mine)).isEqualTo(duplicate);
    }
  }

  @Test
  void kafkasFormGivenAsOpaqueStaysOpaque() {
    SourcePosition theirs = new SourcePosition("bucket/2024/12#17");
    LedgerEntry mine = entry(new SourcePosition("bucket/2024/12#18"), "keys", "hash", 2);

    assertThat(decide(stored(theirs), mine))
        .isEqualTo(new Decision.Ended(new Outcome.Duplicate(theirs)));
    assertThat(decide(old(theirs), mine))
        .as("what an earlier version stored may be Kafka's")
        .isEqualTo(new Decision.Ended(new Outcome.Conflict(Kind.MAPPING_CHANGED, theirs)));
  }

  @Test
  void aFileAndALineOfItAreTwoRecords() {
    SourcePosition file = new SourcePosition("orders.csv");
    SourcePosition line = new SourcePosition("orders.csv#17");

    assertThat(decide(stored(line), entry(file, "keys", "hash", 2)))
        .isEqualTo(new Decision.Ended(new Outcome.Duplicate(line)));
    assertThat(decide(stored(file), entry(line, "keys", "hash", 2)))
        .isEqualTo(new Decision.Ended(new Outcome.Duplicate(file)));
    assertThat(decide(old(line), entry(file, "keys", "hash", 2)))
        .as("what an earlier version stored may be an index")
        .isEqualTo(new Decision.Ended(new Outcome.Conflict(Kind.MAPPING_CHANGED, line)));
  }

  @Test
  void theSameTextIsTheSamePositionHoweverItWasMade() {
    for (SourcePosition[] pair :
        new SourcePosition[][] {
          {new SourcePosition("orders.csv").withIndex(17), new SourcePosition("orders.csv#17")},
          {SourcePosition.of("t", 0, 5).withIndex(1), new SourcePosition("t/0/5#1")},
          {SourcePosition.of("t", 0, 5), SourcePosition.of("t", 0, 5).withLeaderEpoch(3)},
        }) {
      for (LedgerEntry standing :
          List.of(stored(pair[0]), old(pair[0]), stored(pair[1]), old(pair[1]))) {
        for (SourcePosition mine : pair) {
          assertThat(decide(standing, entry(mine, "keys", "hash", 2)))
              .isInstanceOf(Decision.Replay.class);
        }
      }
    }
  }

  @Test
  void anotherWriteOfMyRecordIsAConflictAsEver() {
    for (SourcePosition record :
        List.of(
            SourcePosition.of("t", 0, 5),
            new SourcePosition("orders.csv"),
            new SourcePosition("shard-1#4959"))) {
      for (SourcePosition theirs : List.of(record, record.withIndex(0))) {
        for (SourcePosition mine : List.of(record.withIndex(1), record.withIndex(2))) {
          Decision conflict =
              new Decision.Ended(new Outcome.Conflict(Kind.MAPPING_CHANGED, theirs));
          assertThat(decide(stored(theirs), entry(mine, "keys", "hash", 2))).isEqualTo(conflict);
          assertThat(decide(old(theirs), entry(mine, "keys", "hash", 2))).isEqualTo(conflict);
        }
      }
      assertThat(decide(stored(record.withIndex(1)), entry(record, "keys", "hash", 2)))
          .isInstanceOf(Decision.Ended.class)
          .isNotEqualTo(new Decision.Ended(new Outcome.Duplicate(record.withIndex(1))));
    }
  }
}
