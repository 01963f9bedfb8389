package dev.sluice;

import static dev.sluice.fake.Worker.LEDGER;
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
import dev.sluice.model.Suffix;
import dev.sluice.model.Table;
import dev.sluice.model.Write;
import dev.sluice.shard.KeySharder;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
        KeySharder.random(997).generation(7),
        KeySharder.none().after(KeySharder.random(16)),
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
  void withoutALedgerASharderWithPredecessorsIsRefusedByName() {
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
  void deletesStayRefusedAfterShardingHasEnded() {
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
  void aNumberKeyThatCannotBeIsRefusedBeforeTheClaim() {
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
