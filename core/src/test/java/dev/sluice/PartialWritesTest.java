package dev.sluice;

import static dev.sluice.fake.Worker.LEDGER;
import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.SHARDED;
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
import dev.sluice.model.WriterClosedException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;

/** A rejection says what may be in the tables, or its claim is released for a second write. */
class PartialWritesTest {
  private static final String TRANSACTION = "TransactWriteItems";
  private static final Fate INVALID = new Fate.ErrorResponse("ValidationException", 400);

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
  void aFirstAttemptThatIsRejectedLeavesNothing() {
    Worker worker = worker(Mode.LEDGER);
    worker.dynamo.always("BatchWriteItem", INVALID);
    assertRejected(worker.writeAndWait("t/0/1", put("e")), false);
  }

  @Test
  void aReplayThatIsRejectedMayHaveBeenAppliedBefore() {
    Worker worker = worker(Mode.LEDGER);
    worker.writeAndWait("t/0/1", put("e"));
    Worker restarted = worker.another();
    restarted.dynamo.always("BatchWriteItem", INVALID);
    assertRejected(restarted.writeAndWait("t/0/1", put("e")), true);
  }

  @Test
  void aDuplicateThatIsMadeAgainAndRejectedMayHaveBeenAppliedBefore() {
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
  void aTransactionThatWasAppliedAndIsRejectedNowIsAReplay() {
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
  void anActionThatIsRejectedDoesNotHideTheEntryThatStands() {
    Worker worker = worker(Mode.TRANSACTIONAL);
    worker.writeAndWait("t/0/1", count("e"));
    Worker restarted = worker.another();
    restarted.dynamo.always(TRANSACTION, new Fate.Cancelled(1, "ValidationError"));

    assertThat(restarted.writeAndWait("t/0/1", count("e")).outcome)
        .isInstanceOf(Outcome.Replayed.class);
  }

  @Test
  void aTransactionsFirstAttemptThatIsRejectedLeavesNothing() {
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
    worker.dynamo.always("BatchGetItem", new Fate.ErrorResponse("AccessDeniedException", 400));
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
    worker.dynamo.next("BatchWriteItem", new Fate.ErrorResponse("", 403));
    worker.dynamo.always("BatchWriteItem", INVALID);
    assertRejected(worker.writeAndWait("t/0/1", put("e")), true);
  }

  @ParameterizedTest
  @EnumSource(Duplicates.class)
  void whatAnotherProcessHasMadeSinceTheClaimIsSeen(Duplicates duplicates) {
    Worker slow = Worker.seeded(Mode.LEDGER, 31, b -> b.duplicates(duplicates));
    Write write = Write.event("e").put(SHARDED, item("a", "v"));
    slow.dynamo.always("BatchWriteItem", new Fate.ErrorResponse("ThrottlingException", 400));
    Ended first = slow.write("t/0/1", write);
    slow.time.advance(Duration.ofSeconds(1));
    // The record's next owner, or where duplicates are made again the owner of a copy.
    String source = duplicates == Duplicates.REAPPLY ? "t/1/9" : "t/0/1";
    Ended second = slow.another().writeAndWait(source, write);
    slow.dynamo.heal();
    slow.dynamo.always("BatchWriteItem", INVALID);
    slow.await();

    assertThat(second.failure).isNull();
    assertThat(slow.dynamo.items(SHARDED)).hasSize(1);
    assertRejected(first, true);
  }

  @Test
  void anItemThatOthersPutAtASharedKeyIsNotTakenForTheWrites() {
    Worker worker = worker(Mode.LEDGER);
    worker.dynamo.putDirectly(PLAIN, item("a", 1, "before"));
    worker.dynamo.always("BatchWriteItem", INVALID);

    assertRejected(
        worker.writeAndWait("t/0/1", Write.event("e").put(PLAIN, item("a", 1, "v"))), false);
  }

  @Test
  void anItemAtAKeyThatWasDrawnIsTheWritesWhateverItHoldsByNow() {
    Worker worker = worker(Mode.LEDGER);
    worker.dynamo.always("BatchWriteItem", new Fate.ErrorResponse("ThrottlingException", 400));
    Ended write = worker.write("t/0/1", Write.event("e").put(SHARDED, item("a", "v")));
    worker.time.advance(Duration.ofSeconds(1));
    worker.dynamo.putDirectly(
        SHARDED, item(physicalKey(worker.dynamo.sent("BatchWriteItem")), "changed since"));
    worker.dynamo.heal();
    worker.dynamo.always("BatchWriteItem", INVALID);
    worker.await();

    assertRejected(write, true);
  }

  private static String physicalKey(List<DynamoDbRequest> sent) {
    BatchWriteItemRequest first = (BatchWriteItemRequest) sent.get(0);
    return first.requestItems().get(SHARDED).get(0).putRequest().item().get("pk").s();
  }

  @Test
  void anyOneOfSeveralEffectsCounts() {
    Worker worker = worker(Mode.LEDGER);
    worker.dynamo.putDirectly(PLAIN, item("b", 1, "v"));
    worker.dynamo.always("BatchWriteItem", INVALID);
    Write write =
        Write.event("e")
            .delete(PLAIN, key("d", 1))
            .put(PLAIN, item("a", 1, "v"))
            .put(PLAIN, item("b", 1, "v"));

    assertRejected(worker.writeAndWait("t/0/1", write), true);
    assertThat(worker.dynamo.sent("GetItem")).hasSize(2);
  }

  @Test
  void effectsAreReadConsistentlyAndAgainUntilTheyAreKnown() {
    Worker worker = worker(Mode.LEDGER);
    worker.dynamo.always("BatchWriteItem", INVALID);
    worker.dynamo.next(
        "GetItem", new Fate.ErrorResponse("ProvisionedThroughputExceededException", 400));
    worker.dynamo.next("GetItem", new Fate.NeverAnswered(false));
    worker.dynamo.next("GetItem", new Fate.NotSent());

    assertRejected(worker.writeAndWait("t/0/1", put("e")), false);
    assertThat(worker.dynamo.sent("GetItem"))
        .hasSize(4)
        .allMatch(request -> ((GetItemRequest) request).consistentRead());
  }

  @ParameterizedTest
  @ValueSource(strings = {"AccessDeniedException", "InternalServerError", "WhateverException"})
  void whatCannotBeReadMayHaveBeenApplied(String code) {
    Worker worker = worker(Mode.LEDGER);
    worker.dynamo.always("BatchWriteItem", INVALID);
    worker.dynamo.always("GetItem", new Fate.ErrorResponse(code, 400));

    Ended write = worker.write("t/0/1", put("e"));
    worker.time.advance(Worker.DELIVERY_TIMEOUT.plus(Worker.REQUEST_TIMEOUT));
    assertRejected(write, true);
  }

  @Test
  void aDeniedReadIsNotAskedForByEveryWrite() {
    Worker worker = worker(Mode.LEDGER);
    worker.dynamo.always("BatchWriteItem", INVALID);
    worker.dynamo.next("GetItem", new Fate.ErrorResponse("AccessDeniedException", 400));

    assertRejected(worker.writeAndWait("t/0/1", put("e")), true);
    assertRejected(worker.writeAndWait("t/0/2", put("f")), true);
    assertThat(worker.dynamo.sent("GetItem")).hasSize(1);
    worker.time.advance(Duration.ofMinutes(2));
    assertRejected(worker.writeAndWait("t/0/3", put("g")), false);
  }

  @Test
  void aReadThatIsRefusedSaysNothingOfTheItem() {
    Worker worker = worker(Mode.LEDGER);
    worker.dynamo.always("BatchWriteItem", INVALID);
    worker.dynamo.always("GetItem", INVALID);

    assertRejected(worker.writeAndWait("t/0/1", put("e")), true);
  }

  @Test
  void onlyTheKeyOfTheTableIsReadAndNotThoseOfItsIndexes() {
    Worker worker = worker(Mode.LEDGER);
    worker.dynamo.always("BatchWriteItem", INVALID);
    Map<String, AttributeValue> item = item("a", 1, "v");
    item.put("customer", AttributeValue.fromS("c"));
    worker.dynamo.putDirectly(PLAIN, item);

    assertRejected(worker.writeAndWait("t/0/1", Write.event("e").put(PLAIN, item)), true);
    GetItemRequest read = (GetItemRequest) worker.dynamo.sent("GetItem").get(0);
    assertThat(read.key()).containsOnlyKeys("pk", "sk");
  }

  @Test
  void whateverStandsWhereACreateWasRefusedMayBeWhatItMade() {
    Worker worker = worker(Mode.LEDGER);
    Map<String, AttributeValue> changed = item("a", 1, "v");
    changed.put("paid", AttributeValue.fromBool(true));
    worker.dynamo.putDirectly(PLAIN, changed);
    worker.dynamo.always("PutItem", PLAIN, INVALID);

    Write write = Write.event("e").create(PLAIN, item("a", 1, "other"));
    assertRejected(worker.writeAndWait("t/0/1", write), true);
  }

  @ParameterizedTest
  @CsvSource({"6, false", "7, true", "8, true"})
  void theVersionThatStandsSaysWhetherAVersionedPutMayBeThere(String version, boolean partial) {
    Worker worker = worker(Mode.LEDGER);
    Map<String, AttributeValue> standing = item("a", 1, "changed since");
    standing.put("version", AttributeValue.fromN(version));
    worker.dynamo.putDirectly(PLAIN, standing);
    worker.dynamo.always("PutItem", PLAIN, INVALID);

    Write write = Write.event("e").putIfNewer(PLAIN, item("a", 1, "v"), 7);
    assertRejected(worker.writeAndWait("t/0/1", write), partial);
  }

  @Test
  void aWriterThatIsClosedWhileItReadsEndsTheWriteOnce() {
    // Longer than virtual time passes until the closing thread runs.
    Worker worker = Worker.seeded(Mode.LEDGER, 31, b -> b.deliveryTimeout(Duration.ofDays(1)));
    worker.dynamo.always("BatchWriteItem", INVALID);
    worker.dynamo.always("GetItem", new Fate.NeverAnswered(false));
    Ended write = worker.write("t/0/1", put("e"));
    worker.time.advance(Duration.ofSeconds(1));
    worker.closeInVirtualTime(Duration.ofMillis(100));
    worker.time.advance(Duration.ofSeconds(10));

    assertThat(write.failure).isInstanceOf(WriterClosedException.class);
    assertThat(write.times).isEqualTo(1);
  }

  @Test
  void whereNoClaimIsMadeNothingIsRead() {
    Worker worker = worker(Mode.KEYED);
    worker.dynamo.always("BatchWriteItem", INVALID);

    assertRejected(worker.writeAndWait("t/0/1", put("e")), false);
    assertThat(worker.dynamo.sent("GetItem")).isEmpty();
  }
}
