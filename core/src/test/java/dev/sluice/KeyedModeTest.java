package dev.sluice;

import static dev.sluice.fake.Worker.LEDGER;
import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.SHARDED;
import static dev.sluice.fake.Worker.item;
import static dev.sluice.fake.Worker.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fake.FakeDynamoDb.Fate;
import dev.sluice.fake.Worker;
import dev.sluice.fake.Worker.Ended;
import dev.sluice.model.ConfigurationException;
import dev.sluice.model.InvalidWriteException;
import dev.sluice.model.KeySchema;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import dev.sluice.model.Table;
import dev.sluice.model.UnknownOutcomeException;
import dev.sluice.model.Write;
import dev.sluice.shard.KeySharder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** Without a ledger: effects that carry their own identity. */
class KeyedModeTest {
  private final Worker worker = keyed(UnaryOperator.identity());

  private static Worker keyed(UnaryOperator<IdempotentWriterBuilder> settings) {
    return Worker.seeded(Mode.KEYED, 19, settings);
  }

  private static Write create(int i) {
    return Write.event("e" + i).create(PLAIN, item("k" + i, 1, "v" + i));
  }

  @Test
  void createsGoOutIn25sAndNothingElseDoes() {
    for (int i = 0; i < 101; i++) {
      worker.write("t/0/" + i, create(i));
    }
    worker.await();

    assertThat(worker.ended)
        .allSatisfy(
            w -> assertThat(w.outcome).isEqualTo(new Outcome.Applied(List.of(Suffix.NONE))));
    assertThat(worker.dynamo.items(PLAIN)).hasSize(101);
    assertThat(worker.dynamo.items(LEDGER)).isEmpty();
    assertThat(worker.dynamo.sent).hasSizeLessThan(9);
    assertThat(worker.dynamo.sent("BatchExecuteStatement"))
        .allSatisfy(
            batch ->
                assertThat(((BatchExecuteStatementRequest) batch).statements())
                    .hasSizeLessThanOrEqualTo(25));
  }

  @Test
  void aRepetitionChangesNothing() {
    worker.writeAndWait("t/0/1", create(1));
    Ended again = worker.writeAndWait("t/0/1", create(1));
    Ended copy = worker.another().writeAndWait("t/2/7", create(1));

    assertThat(again.outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(copy.outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(worker.dynamo.items(PLAIN)).containsExactly(item("k1", 1, "v1"));
  }

  @Test
  void aRepetitionGoesToTheSameShard() {
    for (int i = 0; i < 3; i++) {
      worker.writeAndWait("t/0/" + i, Write.event("e").create(SHARDED, item("hot", "v")));
      worker.another().writeAndWait("t/1/" + i, Write.event("e").put(SHARDED, item("hot", "v")));
    }

    assertThat(worker.dynamo.items(SHARDED)).hasSize(1);
  }

  @Test
  void aStaleVersionIsSuperseded() {
    worker.writeAndWait("t/0/1", Write.event("e2").putIfNewer(PLAIN, item("a", 1, "new"), 2));
    Ended stale =
        worker.writeAndWait("t/0/2", Write.event("e1").putIfNewer(PLAIN, item("a", 1, "old"), 1));

    assertThat(stale.outcome).isEqualTo(new Outcome.Superseded(List.of(Suffix.NONE), List.of(0)));
  }

  @Test
  void putsAndDeletesKeepTheirOrder() {
    for (int i = 0; i < 20; i++) {
      worker.write("t/0/" + i, Write.event("e" + i).put(PLAIN, item("a", 1, "v" + i)));
    }
    worker.write("t/0/20", Write.event("e20").delete(PLAIN, key("a", 1)));
    worker.await();
    assertThat(worker.dynamo.items(PLAIN)).isEmpty();
  }

  @Test
  void faultsAreRiddenOut() {
    worker.dynamo.next("BatchExecuteStatement", new Fate.ReplyLost());
    worker.dynamo.next("BatchExecuteStatement", new Fate.ErrorResponse("ThrottlingException", 400));
    worker.dynamo.next("BatchExecuteStatement", new Fate.NotSent());
    for (int i = 0; i < 40; i++) {
      worker.write("t/0/" + i, create(i));
    }
    worker.await();

    assertThat(worker.dynamo.items(PLAIN)).hasSize(40);
    assertThat(worker.ended)
        .allSatisfy(w -> assertThat(w.outcome).isInstanceOf(Outcome.Applied.class));
  }

  @Test
  void whatCannotGoThroughEnds() {
    worker.dynamo.always("PutItem", new Fate.NotSent());
    worker.dynamo.always("BatchWriteItem", new Fate.InvalidIfItHolds("poison"));
    Ended unknown = worker.write("t/0/1", create(1));
    Ended rejected = worker.write("t/0/2", Write.event("p").put(PLAIN, item("p", 1, "poison")));
    worker.await();

    assertThat(unknown.failure).isInstanceOf(UnknownOutcomeException.class);
    assertThat(rejected.failure).isInstanceOf(RejectedWriteException.class);
  }

  @Test
  void aWriteWithoutEffectsIsApplied() {
    assertThat(worker.writeAndWait("t/0/1", Write.event("e")).outcome)
        .isEqualTo(new Outcome.Applied(List.of()));
  }

  @Test
  void thereIsNoClaimToRelease() {
    worker.writeAndWait("t/0/1", create(1));
    var released = worker.writer.release(new SourcePosition("t/0/1"), "e1").toCompletableFuture();
    worker.time.advance(Duration.ofSeconds(1));

    assertThat(released).isCompletedWithValue(false);
  }

  @Test
  void updatesAreRejectedByName() {
    assertThatThrownBy(
            () ->
                worker.write(
                    "t/0/1",
                    Write.event("e")
                        .update(
                            PLAIN,
                            key("a", 1),
                            "ADD n :one",
                            Map.of(),
                            Map.of(":one", AttributeValue.fromN("1")))))
        .isInstanceOf(InvalidWriteException.class)
        .hasMessageContaining("update in plain")
        .hasMessageContaining("KEYED")
        .hasMessageContaining("TRANSACTIONAL");
  }

  @Test
  void aRandomSharderIsRejectedByName() {
    assertThatThrownBy(
            () ->
                keyed(
                    b ->
                        b.table(
                            Table.named("more").keys(KeySchema.of("pk", ScalarAttributeType.S)),
                            KeySharder.random(7))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'more'")
        .hasMessageContaining("KEYED");
  }

  @Test
  void aLedgerIsRejected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> keyed(b -> b.ledger(LedgerTable.named("l").scope("s"))))
        .withMessageContaining("ledger is l")
        .withMessageContaining("KEYED");
  }
}
