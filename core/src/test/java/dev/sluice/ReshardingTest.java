package dev.sluice;

import static dev.sluice.fake.Worker.LEDGER;
import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.SHARDED;
import static dev.sluice.fake.Worker.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fake.Worker;
import dev.sluice.fake.Worker.Ended;
import dev.sluice.model.ConfigurationException;
import dev.sluice.model.Duplicates;
import dev.sluice.model.InvalidWriteException;
import dev.sluice.model.KeySchema;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import dev.sluice.model.SystemException;
import dev.sluice.model.Table;
import dev.sluice.model.Write;
import dev.sluice.shard.KeySharder;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** The sharder of a table changes between one process and the next; nothing is doubled by it. */
class ReshardingTest {
  private static final String TABLE = "readings";
  private static final Write WRITE = Write.event("e").create(TABLE, item("ci", "v"));

  private KeySharder sharder = KeySharder.random(16);

  private Worker worker(Mode mode, UnaryOperator<IdempotentWriterBuilder> settings) {
    Worker worker =
        Worker.seeded(
            mode,
            37,
            b ->
                settings
                    .apply(b)
                    .table(
                        Table.named(TABLE).keys(KeySchema.of("pk", ScalarAttributeType.S)),
                        sharder));
    worker.dynamo.table(TABLE, KeyAttribute.string("pk"));
    return worker;
  }

  private Worker worker() {
    return worker(Mode.LEDGER, UnaryOperator.identity());
  }

  private static List<KeySharder> successors() {
    return List.of(
        KeySharder.random(997).generation(1).after(KeySharder.random(16)),
        KeySharder.calculated(997).generation(1).after(KeySharder.random(16)),
        KeySharder.random(997).generation(7).after(KeySharder.random(16)),
        KeySharder.random(32),
        KeySharder.none().after(KeySharder.random(16)));
  }

  /** They do not read all that {@code random(16)} wrote. */
  private static List<KeySharder> retiring() {
    return List.of(
        KeySharder.random(997).generation(1),
        KeySharder.calculated(997).generation(7).after(KeySharder.random(16).generation(3)),
        KeySharder.random(997).generation(1).after(KeySharder.none()),
        KeySharder.none().after(KeySharder.calculated(16).generation(1)),
        KeySharder.none());
  }

  private static List<String> keys(Worker worker) {
    return worker.dynamo.items(TABLE).stream().map(item -> text(item, "pk")).toList();
  }

  private static String text(Map<String, AttributeValue> item, String name) {
    return item.get(name).s();
  }

  @Test
  void aReplayGoesWhereTheLedgerSaysWhateverTheSharderIsNow() {
    for (KeySharder later : successors()) {
      sharder = KeySharder.random(16);
      Worker before = worker();
      before.writeAndWait("t/0/1", WRITE);
      List<String> written = keys(before);
      assertThat(written).singleElement().asString().startsWith("ci#0.");

      sharder = later;
      Ended replay = before.another().writeAndWait("t/0/1", WRITE);

      assertThat(replay.outcome).as("%s", later).isInstanceOf(Outcome.Replayed.class);
      assertThat(keys(before)).as("%s", later).isEqualTo(written);
    }
  }

  @Test
  void aClaimWithoutItsEffectIsFinishedUnderTheOldSuffix() {
    for (KeySharder later : successors()) {
      sharder = KeySharder.random(16);
      Worker before = worker();
      Worker after = claimOnly(before, later);

      String recorded = text(before.dynamo.items(LEDGER).get(0), "suffixes");
      assertThat(keys(before)).isEmpty();
      Ended replay = after.writeAndWait("t/0/1", WRITE);

      assertThat(replay.outcome).as("%s", later).isInstanceOf(Outcome.Replayed.class);
      assertThat(keys(before)).as("%s", later).containsExactly("ci#" + recorded);
    }
  }

  /** A process dies between its claim and its effect; the next one has another sharder. */
  private Worker claimOnly(Worker before, KeySharder later) {
    before.write("t/0/1", WRITE);
    before.time.runUntil(() -> !before.dynamo.items(LEDGER).isEmpty(), Duration.ofSeconds(1));
    before.dynamo.crash();
    before.ended.clear();
    sharder = later;
    return before.another();
  }

  @Test
  void whereNobodyReadsNothingIsWritten() {
    for (KeySharder later : retiring()) {
      sharder = KeySharder.random(16);
      Worker before = worker();
      Worker after = claimOnly(before, later);
      Ended replay = after.writeAndWait("t/0/1", WRITE);

      String recorded = text(before.dynamo.items(LEDGER).get(0), "suffixes");
      assertRejected(replay, recorded, later);
      assertThat(keys(before)).as("%s", later).isEmpty();

      sharder = KeySharder.random(997).generation(8).after(KeySharder.random(16));
      assertThat(after.another().writeAndWait("t/0/1", WRITE).outcome)
          .isInstanceOf(Outcome.Replayed.class);
      assertThat(keys(before)).containsExactly("ci#" + recorded);
    }
  }

  private static void assertRejected(Ended ended, String suffix, KeySharder later) {
    assertThat(ended.failure)
        .as("%s", later)
        .isInstanceOf(SystemException.class)
        .hasMessageContaining("'" + TABLE + "'")
        .hasMessageContaining(suffix)
        .hasMessageContaining(later.toString())
        .hasMessageContaining(".after(");
  }

  @Test
  void anItemThatWasMovedIsNotMadeAgainWhereItWas() {
    Worker before = worker();
    before.writeAndWait("t/0/1", WRITE);
    String suffix = keys(before).get(0).substring("ci".length());
    before.dynamo.deleteDirectly(TABLE, Map.of("pk", AttributeValue.fromS("ci" + suffix)));
    before.dynamo.putDirectly(TABLE, item("ci#1.7", "v"));
    sharder = KeySharder.random(997).generation(1);
    Worker after = before.another();

    assertRejected(after.writeAndWait("t/0/1", WRITE), suffix.substring(1), sharder);
    assertThat(keys(before)).containsExactly("ci#1.7");
  }

  @Test
  void aGenerationThatShrankIsRejectedWhereItsShardIsGone() {
    sharder = KeySharder.random(1_000);
    Worker before = worker();
    before.writeAndWait("t/0/1", WRITE);
    List<String> written = keys(before);
    int shard = Suffix.parse(written.get(0).substring("ci#".length())).shard();
    sharder = KeySharder.random(shard);

    Ended gone = before.another().writeAndWait("t/0/1", WRITE);
    assertRejected(gone, "0." + shard, sharder);
    assertThat(gone.failure).hasMessageContaining("at least " + (shard + 1) + " shards");
    sharder = KeySharder.random(shard + 1);
    assertThat(before.another().writeAndWait("t/0/1", WRITE).outcome)
        .isInstanceOf(Outcome.Replayed.class);
    assertThat(keys(before)).isEqualTo(written);
  }

  @Test
  void bareKeysAreReadOnWhenATableIsSharded() {
    sharder = KeySharder.none();
    Worker before = worker();
    Worker after = claimOnly(before, KeySharder.random(16));
    assertRejected(after.writeAndWait("t/0/1", WRITE), "bare key", sharder);
    assertThat(keys(before)).isEmpty();

    sharder = KeySharder.random(16).after(KeySharder.none());
    after.another().writeAndWait("t/0/1", WRITE);
    assertThat(keys(before)).containsExactly("ci");
  }

  @Test
  void whoStillWritesBareKeysFollowsThoseWhoShard() {
    Worker before = worker();
    Worker after = claimOnly(before, KeySharder.none().after(KeySharder.random(16)));
    String recorded = text(before.dynamo.items(LEDGER).get(0), "suffixes");

    after.writeAndWait("t/0/1", WRITE);
    after.writeAndWait("t/0/2", Write.event("e2").create(TABLE, item("di", "w")));

    assertThat(keys(before)).containsExactlyInAnyOrder("ci#" + recorded, "di");
  }

  @Test
  void aLaterGenerationIsFollowedWhereItWent() {
    sharder = KeySharder.random(997).generation(2).after(KeySharder.random(16));
    Worker before = worker();
    before.write("t/0/2", Write.event("e2").create(TABLE, item("di", "w")));
    Worker after = claimOnly(before, KeySharder.random(16));
    List<String> expected = new ArrayList<>();
    for (Map<String, AttributeValue> entry : before.dynamo.items(LEDGER)) {
      String logical = text(entry, "id").endsWith("#e") ? "ci#" : "di#";
      expected.add(logical + text(entry, "suffixes"));
    }
    try (CapturedLog log = CapturedLog.start()) {
      after.writeAndWait("t/0/1", WRITE);
      after.writeAndWait("t/0/2", Write.event("e2").create(TABLE, item("di", "w")));

      assertThat(log.lines("later than random(16)")).hasSize(1);
    }

    assertThat(expected).hasSize(2);
    assertThat(keys(before)).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void whatNeedsNoWriteIsNotRejected() {
    Worker before = worker();
    before.writeAndWait("t/0/1", WRITE);
    sharder = KeySharder.random(997).generation(1);

    assertThat(before.another().writeAndWait("t/2/7", WRITE).outcome)
        .isInstanceOf(Outcome.Duplicate.class);

    sharder = KeySharder.random(16);
    Worker transactional = worker(Mode.TRANSACTIONAL, UnaryOperator.identity());
    transactional.writeAndWait("t/0/1", WRITE);
    List<String> written = keys(transactional);
    sharder = KeySharder.random(997).generation(1);
    assertThat(transactional.another().writeAndWait("t/0/1", WRITE).outcome)
        .isInstanceOf(Outcome.Replayed.class);
    assertThat(keys(transactional)).isEqualTo(written);
  }

  @Test
  void aReappliedDuplicateIsNotMadeWhereNobodyReads() {
    Worker before = worker(Mode.LEDGER, b -> b.duplicates(Duplicates.REAPPLY));
    before.writeAndWait("t/0/1", WRITE);
    String suffix = keys(before).get(0).substring("ci#".length());
    before.dynamo.deleteDirectly(TABLE, Map.of("pk", AttributeValue.fromS("ci#" + suffix)));
    sharder = KeySharder.random(997).generation(1);

    assertRejected(before.another().writeAndWait("t/2/7", WRITE), suffix, sharder);
    assertThat(keys(before)).isEmpty();
  }

  @Test
  void aDeadLetterIsNotReplayedWhereNobodyReads() {
    for (Mode mode : Mode.values()) {
      sharder = KeySharder.calculated(997).generation(1);
      Worker worker = worker(mode, UnaryOperator.identity());
      for (Suffix suffix : List.of(new Suffix(0, 3), Suffix.NONE)) {
        CompletionStage<Outcome> replay =
            worker.writer.replay(SourcePosition.of("t", 0, 1), WRITE, List.of(suffix));

        assertThat(replay.toCompletableFuture())
            .as("%s, %s", mode, suffix)
            .isCompletedExceptionally();
        assertThatThrownBy(() -> replay.toCompletableFuture().join())
            .hasCauseInstanceOf(SystemException.class)
            .hasMessageContaining("'" + TABLE + "'");
      }
      assertThat(worker.dynamo.sent).isEmpty();
    }
  }

  @Test
  void ofSeveralEffectsNoneIsMadeWhereOneCannotBe() {
    Write both =
        Write.event("e").create(PLAIN, item("a", 1, "of e")).create(TABLE, item("ci", "v"));
    Worker before = worker();
    before.write("t/0/1", both);
    before.time.runUntil(() -> !before.dynamo.items(LEDGER).isEmpty(), Duration.ofSeconds(1));
    before.dynamo.crash();
    before.ended.clear();
    sharder = KeySharder.random(997).generation(1);
    Ended replay = before.another().writeAndWait("t/0/1", both);

    assertThat(replay.failure).isInstanceOf(SystemException.class);
    assertThat(keys(before)).isEmpty();
    assertThat(before.dynamo.items(PLAIN)).isEmpty();
  }

  @Test
  void aSuffixThatCannotBeReadStopsTheWriterAndWritesNothing() {
    for (String suffixes : List.of("0.x", "0", "0.1,", "-1.3", "0.99999999999")) {
      Worker before = worker();
      before.writeAndWait("t/0/1", WRITE);
      Map<String, AttributeValue> entry = new HashMap<>(before.dynamo.items(LEDGER).get(0));
      entry.put("suffixes", AttributeValue.fromS(suffixes));
      before.dynamo.putDirectly(LEDGER, entry);
      List<String> written = keys(before);

      assertThat(before.another().writeAndWait("t/0/1", WRITE).failure)
          .as(suffixes)
          .isInstanceOf(SystemException.class)
          .hasMessageContaining("ledger");
      assertThat(keys(before)).isEqualTo(written);
    }
  }

  @Test
  void aReappliedDuplicateGoesWhereItsOriginalWent() {
    Worker before = worker(Mode.LEDGER, b -> b.duplicates(Duplicates.REAPPLY));
    before.writeAndWait("t/0/1", WRITE);
    List<String> written = keys(before);
    sharder = KeySharder.random(997).generation(1).after(KeySharder.random(16));
    before.another().writeAndWait("t/2/7", WRITE);

    assertThat(keys(before)).isEqualTo(written);
  }

  @Test
  void newEventsGoToTheNewGeneration() {
    Worker before = worker();
    before.writeAndWait("t/0/1", WRITE);
    sharder = KeySharder.random(5).generation(1).after(KeySharder.random(16));
    Worker after = before.another();
    Ended write = after.writeAndWait("t/0/2", Write.event("e2").create(TABLE, item("ci", "w")));

    Suffix suffix = ((Outcome.Applied) write.outcome).suffixes().get(0);
    assertThat(suffix.generation()).isEqualTo(1);
    assertThat(keys(before)).hasSize(2).contains("ci#" + suffix);
    List<String> read =
        sharder.physicalKeys(AttributeValue.fromS("ci")).stream().map(AttributeValue::s).toList();
    assertThat(read).containsAll(keys(before));
  }

  @Test
  void withoutALedgerASharderWithPredecessorsIsRejectedByName() {
    sharder = KeySharder.calculated(32).generation(1).after(KeySharder.calculated(16));

    assertThatThrownBy(() -> worker(Mode.KEYED, UnaryOperator.identity()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'" + TABLE + "'")
        .hasMessageContaining("calculated(32).generation(1).after(calculated(16))")
        .hasMessageContaining("KEYED");

    sharder = KeySharder.calculated(32).generation(1);
    Worker alone = worker(Mode.KEYED, UnaryOperator.identity());
    alone.writeAndWait("t/0/1", WRITE);
    assertThat(keys(alone)).singleElement().asString().startsWith("ci#1.");
  }

  @Test
  void deletesStayRejectedAfterShardingHasEnded() {
    sharder = KeySharder.none().after(KeySharder.random(16));
    Worker worker = worker();

    assertThatThrownBy(
            () ->
                worker.write(
                    "t/0/1",
                    Write.event("e").delete(TABLE, Map.of("pk", AttributeValue.fromS("ci")))))
        .isInstanceOf(InvalidWriteException.class);
  }

  @Test
  void aNumberIsOneLogicalKeyHoweverItIsWritten() {
    sharder = KeySharder.calculated(997);
    Worker worker = worker();
    Ended first = worker.writeAndWait("t/0/1", numbered("17"));
    Ended again = worker.another().writeAndWait("t/0/1", numbered("1.70E1"));

    assertThat(first.outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(again.outcome).isInstanceOf(Outcome.Replayed.class);
    assertThat(keys(worker)).singleElement().asString().startsWith("17#0.");
  }

  private static Write numbered(String key) {
    return Write.event("e")
        .create(TABLE, Map.of("pk", AttributeValue.fromN(key), "v", AttributeValue.fromS("x")));
  }

  @Test
  void aNumberKeyThatCannotBeIsRejectedBeforeTheClaim() {
    Worker worker = worker();

    assertThatThrownBy(() -> worker.write("t/0/1", numbered("4711x")))
        .isInstanceOf(InvalidWriteException.class)
        .hasMessageContaining("'" + TABLE + "'")
        .hasMessageNotContaining("4711");
    assertThat(worker.dynamo.sent).isEmpty();
  }

  @Test
  void aKeyLeavesRoomForTheSuffixOfItsGeneration() {
    sharder = KeySharder.calculated(1).generation(1_000);
    Worker worker = worker();
    int suffix = "#1000.0".length();

    assertThatThrownBy(
            () ->
                worker.write(
                    "t/0/1", Write.event("e").create(TABLE, item("k".repeat(2049 - suffix), "v"))))
        .isInstanceOf(InvalidWriteException.class);
    worker.ended.clear();
    Ended fits =
        worker.writeAndWait(
            "t/0/2", Write.event("f").create(TABLE, item("k".repeat(2048 - suffix), "v")));
    assertThat(fits.outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(worker.dynamo.items(SHARDED)).isEmpty();
  }
}
