package dev.sluice;

import static dev.sluice.fake.Worker.LEDGER;
import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.item;
import static dev.sluice.fake.Worker.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fake.FakeDynamoDb.Fate;
import dev.sluice.fake.Worker;
import dev.sluice.fake.Worker.Ended;
import dev.sluice.model.Duplicates;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.Write;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A refusal says what may be in the tables, or its claim is released for a second write. */
class PartialWritesTest {
  private static final String TRANSACTION = "TransactWriteItems";
  private static final Fate INVALID = new Fate.Refused("ValidationException", 400);

  private static Worker worker(Mode mode) {
    return Worker.seeded(mode, 31, UnaryOperator.identity());
  }

  private static Write put(String event) {
    return Write.event(event).put(PLAIN, item(event, 1, "v"));
  }

  private static Write count(String event) {
    return Write.event(event)
        .update(
            PLAIN,
            key("c", 1),
            "ADD #n :one",
            Map.of("#n", "n"),
            Map.of(":one", AttributeValue.fromN("1")));
  }

  private static void assertRejected(Ended write, boolean partial) {
    assertThat(write.failure)
        .isInstanceOfSatisfying(
            RejectedWriteException.class,
            rejected -> assertThat(rejected.partial()).isEqualTo(partial));
  }

  @Test
  void aFirstAttemptThatIsRefusedLeavesNothing() {
    Worker worker = worker(Mode.LEDGER);
    worker.dynamo.always("BatchWriteItem", INVALID);
    assertRejected(worker.writeAndWait("t/0/1", put("e")), false);
  }

  @Test
  void aReplayThatIsRefusedMayHaveBeenAppliedBefore() {
    Worker worker = worker(Mode.LEDGER);
    worker.writeAndWait("t/0/1", put("e"));
    Worker restarted = worker.another();
    restarted.dynamo.always("BatchWriteItem", INVALID);
    assertRejected(restarted.writeAndWait("t/0/1", put("e")), true);
  }

  @Test
  void aDuplicateThatIsMadeAgainAndRefusedMayHaveBeenAppliedBefore() {
    Worker worker = Worker.seeded(Mode.LEDGER, 31, b -> b.duplicates(Duplicates.REAPPLY));
    worker.writeAndWait("t/0/1", put("e"));
    Worker restarted = worker.another();
    restarted.dynamo.always("BatchWriteItem", INVALID);
    assertRejected(restarted.writeAndWait("t/1/1", put("e")), true);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anAttemptThatEndedUnknownMayHaveBeenApplied(boolean byTimeout) {
    for (Mode mode : new Mode[] {Mode.LEDGER, Mode.KEYED}) {
      Worker worker = worker(mode);
      worker.dynamo.next(
          "BatchWriteItem", byTimeout ? new Fate.NeverAnswered(true) : new Fate.ReplyLost());
      worker.dynamo.always("BatchWriteItem", INVALID);
      assertRejected(worker.writeAndWait("t/0/1", put("e")), true);
    }
  }

  @Test
  void aTransactionThatWasAppliedAndIsRefusedNowIsAReplay() {
    Worker worker = worker(Mode.TRANSACTIONAL);
    worker.writeAndWait("t/0/1", count("e"));
    Worker restarted = worker.another();
    restarted.dynamo.always(TRANSACTION, INVALID);
    Ended replay = restarted.writeAndWait("t/0/1", count("e"));
    Ended duplicate = restarted.writeAndWait("t/1/1", count("e"));

    assertThat(replay.outcome).isInstanceOf(Outcome.Replayed.class);
    assertThat(duplicate.outcome).isInstanceOf(Outcome.Duplicate.class);
  }

  @Test
  void anActionThatIsRefusedDoesNotHideTheEntryThatStands() {
    Worker worker = worker(Mode.TRANSACTIONAL);
    worker.writeAndWait("t/0/1", count("e"));
    Worker restarted = worker.another();
    restarted.dynamo.always(TRANSACTION, new Fate.Cancelled(1, "ValidationError"));

    assertThat(restarted.writeAndWait("t/0/1", count("e")).outcome)
        .isInstanceOf(Outcome.Replayed.class);
  }

  @Test
  void aTransactionsFirstAttemptThatIsRefusedLeavesNothing() {
    Worker worker = worker(Mode.TRANSACTIONAL);
    worker.dynamo.always(TRANSACTION, INVALID);
    assertRejected(worker.writeAndWait("t/0/1", count("e")), false);
    assertThat(worker.dynamo.items(LEDGER)).isEmpty();
  }

  @Test
  void aTransactionThatEndedUnknownBeforeMayBeApplied() {
    Worker worker = worker(Mode.TRANSACTIONAL);
    worker.dynamo.next(TRANSACTION, new Fate.NeverAnswered(false));
    worker.dynamo.always(TRANSACTION, INVALID);
    assertRejected(worker.writeAndWait("t/0/1", count("e")), true);
  }

  @Test
  void whereTheEntryCannotBeReadATransactionMayBeApplied() {
    Worker worker = worker(Mode.TRANSACTIONAL);
    worker.dynamo.always(TRANSACTION, INVALID);
    worker.dynamo.always("BatchGetItem", new Fate.Refused("AccessDeniedException", 400));
    assertRejected(worker.writeAndWait("t/0/1", count("e")), true);
  }

  @Test
  void anUnknownStatementIsNotForgottenForItsNeighbours() {
    Worker worker = worker(Mode.LEDGER);
    String inserts = "BatchExecuteStatement";
    worker.dynamo.next(
        inserts, PLAIN, new Fate.StatementCodes(List.of("InternalServerError", "ThrottlingError")));
    worker.dynamo.always(
        inserts, PLAIN, new Fate.StatementCodes(List.of("ValidationError", "ValidationError")));
    Ended unknown = worker.write("t/0/1", Write.event("e1").create(PLAIN, item("a", 1, "v")));
    Ended throttled = worker.write("t/0/2", Write.event("e2").create(PLAIN, item("b", 1, "v")));
    worker.await();

    assertRejected(unknown, true);
    assertRejected(throttled, false);
  }

  @Test
  void aResponseWithoutACodeDoesNotSayThatNothingWasApplied() {
    Worker worker = worker(Mode.LEDGER);
    worker.dynamo.next("BatchWriteItem", new Fate.Refused("", 403));
    worker.dynamo.always("BatchWriteItem", INVALID);
    assertRejected(worker.writeAndWait("t/0/1", put("e")), true);
  }
}
