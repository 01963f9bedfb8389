package dev.sluice;

import static dev.sluice.fake.Worker.LEDGER;
import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.item;
import static dev.sluice.fake.Worker.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fake.FakeDynamoDb.Fate;
import dev.sluice.fake.Worker;
import dev.sluice.fake.Worker.Ended;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.SystemException;
import dev.sluice.model.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Endpoints that reject a condition without the item, or a transaction without its reasons. */
class HiddenItemsTest {
  private static final String TRANSACTION = "TransactWriteItems";

  private static Worker worker(Mode mode) {
    return Worker.seeded(mode, 23, b -> b);
  }

  private static Worker grouping() {
    return Worker.seeded(
        Mode.TRANSACTIONAL,
        29,
        b -> b.maxTransactionEvents(10).maxInFlightRequests(1).linger(Duration.ofMillis(20)));
  }

  private static Write create(String event) {
    return Write.event(event).create(PLAIN, item(event, 1, "v"));
  }

  private static Write count(String event, String counter) {
    return Write.event(event)
        .update(
            PLAIN,
            key(counter, 1),
            "ADD #n :one",
            Map.of("#n", "n"),
            Map.of(":one", AttributeValue.fromN("1")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"LEDGER", "TRANSACTIONAL"})
  void anEntryThatIsNotShownIsReadAtOnce(Mode mode) {
    Worker worker = worker(mode);
    worker.writeAndWait("t/0/1", create("e"));
    Worker other = worker.another();
    other.dynamo.always("PutItem", new Fate.ItemHidden());
    other.dynamo.always(TRANSACTION, new Fate.ItemHidden());
    Instant before = other.time.now();
    Ended duplicate = other.writeAndWait("t/1/1", create("e"));
    Ended replay = other.another().writeAndWait("t/0/1", create("e"));

    assertThat(duplicate.outcome).isEqualTo(new Outcome.Duplicate(new SourcePosition("t/0/1")));
    assertThat(replay.outcome).isInstanceOf(Outcome.Replayed.class);
    assertThat(Duration.between(before, other.time.now())).isLessThan(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"LEDGER", "TRANSACTIONAL"})
  void anEntryThatIsShownByNothingStopsTheWriterByName(Mode mode) {
    Worker worker = worker(mode);
    worker.writeAndWait("t/0/1", create("e"));
    Worker other = worker.another();
    other.dynamo.always("PutItem", new Fate.ItemHidden());
    other.dynamo.always(TRANSACTION, new Fate.ItemHidden());
    other.dynamo.always("BatchGetItem", new Fate.ErrorResponse("AccessDeniedException", 400));
    Ended write = other.writeAndWait("t/1/1", create("e"));

    assertThat(write.failure)
        .isInstanceOf(SystemException.class)
        .hasMessageContaining("ReturnValuesOnConditionCheckFailure");
    // With a backoff between, and not round and round.
    assertThat(other.dynamo.sent).hasSizeLessThan(100);
  }

  @Test
  void aVersionThatIsNotShownIsNotTakenForANewerOne() {
    Worker worker = worker(Mode.KEYED);
    worker.writeAndWait("t/0/1", Write.event("e1").putIfNewer(PLAIN, item("a", 1, "v1"), 7));
    worker.dynamo.always("PutItem", new Fate.ItemHidden());
    Ended write =
        worker.writeAndWait("t/0/2", Write.event("e2").putIfNewer(PLAIN, item("a", 1, "v2"), 5));

    assertThat(write.failure).isInstanceOf(SystemException.class);
  }

  @Test
  void aCancellationWithFewerReasonsHoldsUpNoNeighbour() {
    Worker worker = grouping();
    worker.dynamo.next(TRANSACTION, new Fate.CancelledWithOneReason("ValidationError"));
    for (int i = 0; i < 5; i++) {
      worker.write("t/0/" + i, count("e" + i, "c" + i));
    }
    Instant before = worker.time.now();
    worker.await();

    assertThat(worker.ended).allMatch(write -> write.outcome instanceof Outcome.Applied);
    assertThat(worker.dynamo.sent(TRANSACTION)).hasSizeGreaterThan(3);
    assertThat(Duration.between(before, worker.time.now())).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void aSingleEventIsJudgedByTheOneReasonThatIsThere() {
    Worker worker = worker(Mode.TRANSACTIONAL);
    worker.dynamo.always(TRANSACTION, new Fate.CancelledWithOneReason("ValidationError"));
    Ended write = worker.writeAndWait("t/0/1", create("e").put(PLAIN, item("b", 1, "v")));

    assertThat(write.failure)
        .isInstanceOfSatisfying(
            RejectedWriteException.class, rejected -> assertThat(rejected.partial()).isFalse());
    assertThat(worker.dynamo.items(LEDGER)).isEmpty();
  }

  @Test
  void aCancellationWithoutReasonsIsSettledByTheEntry() {
    Worker worker = worker(Mode.TRANSACTIONAL);
    worker.writeAndWait("t/0/1", create("e"));
    Worker other = worker.another();
    other.dynamo.always(TRANSACTION, new Fate.CancelledWithOneReason("None"));

    assertThat(other.writeAndWait("t/0/1", create("e")).outcome)
        .isInstanceOf(Outcome.Replayed.class);
    assertThat(other.writeAndWait("t/1/1", create("e")).outcome)
        .isInstanceOf(Outcome.Duplicate.class);
  }
}
