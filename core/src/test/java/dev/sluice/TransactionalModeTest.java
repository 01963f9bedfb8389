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
import dev.sluice.model.Duplicates;
import dev.sluice.model.InvalidWriteException;
import dev.sluice.model.KeySchema;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.Outcome.Conflict.Kind;
import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import dev.sluice.model.SystemException;
import dev.sluice.model.Table;
import dev.sluice.model.UnknownOutcomeException;
import dev.sluice.model.Write;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;

/** Ledger entry and effects in one: applied once, and never again. */
class TransactionalModeTest {
  private static final String OPERATION = "TransactWriteItems";

  private final Worker worker = one(UnaryOperator.identity());

  private static Worker one(UnaryOperator<IdempotentWriterBuilder> settings) {
    return Worker.seeded(Mode.TRANSACTIONAL, 29, settings);
  }

  private static Worker several(UnaryOperator<IdempotentWriterBuilder> settings) {
    return one(b -> settings.apply(b.maxTransactionEvents(10).maxInFlightRequests(1)));
  }

  private static Write count(String event, String counter) {
    return count(Write.event(event), counter);
  }

  private static Write count(Write write, String counter) {
    return write.update(
        PLAIN,
        key(counter, 1),
        "ADD #n :one",
        Map.of("#n", "n"),
        Map.of(":one", AttributeValue.fromN("1")));
  }

  private int counter(String counter) {
    return counter(worker, counter);
  }

  private static int counter(Worker of, String counter) {
    return of.dynamo.items(PLAIN).stream()
        .filter(item -> item.get("pk").s().equals(counter))
        .mapToInt(item -> Integer.parseInt(item.get("n").n()))
        .sum();
  }

  private static List<TransactWriteItemsRequest> sent(Worker by) {
    return by.dynamo.sent(OPERATION).stream().map(TransactWriteItemsRequest.class::cast).toList();
  }

  @Test
  void entryAndEffectsGoInOneRequest() {
    Ended write =
        worker.writeAndWait(
            "t/0/1",
            count("e", "c")
                .create(PLAIN, item("a", 1, "v"))
                .put(SHARDED, item("hot", "v"))
                .delete(PLAIN, key("gone", 1))
                .putIfNewer(PLAIN, item("b", 1, "v"), 7));

    assertThat(write.outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(worker.dynamo.sent).hasSize(1);
    TransactWriteItemsRequest request = sent(worker).get(0);
    assertThat(request.transactItems()).hasSize(6);
    assertThat(request.transactItems().get(0).put().tableName()).isEqualTo(LEDGER);
    assertThat(request.clientRequestToken()).hasSizeBetween(1, 36);
    assertThat(counter("c")).isEqualTo(1);
    assertThat(worker.dynamo.items(LEDGER))
        .singleElement()
        .satisfies(entry -> assertThat(entry.get("mode").s()).isEqualTo("TRANSACTIONAL"));
    assertThat(worker.dynamo.items(SHARDED)).hasSize(1);
  }

  /** What a reply brings about may make a queue anew, and drop those that have nothing to do. */
  @Test
  void aQueueIsNotDroppedWhileItsReplyIsTakenApart() {
    int tables = 12;
    Worker many =
        several(
            settings -> {
              for (int i = 0; i < tables; i++) {
                settings.table(
                    Table.named("many" + i).keys(KeySchema.of("pk", ScalarAttributeType.S)));
              }
              return settings;
            });
    for (int i = 0; i < tables; i++) {
      many.dynamo.table("many" + i, KeyAttribute.string("pk"));
    }
    many.another().writeAndWait("t/9/9", count("duplicate", "c"));
    int sets = 0;
    for (int i = 0; i < tables; i++) {
      for (int j = i + 1; j < tables && sets < 63; j++) {
        Map<String, AttributeValue> item = Map.of("pk", AttributeValue.fromS(i + "-" + j));
        many.writeAndWait(
            "t/8/" + sets++,
            Write.event("e" + i + "-" + j).put("many" + i, item).put("many" + j, item));
      }
    }
    Ended duplicate = many.write("t/0/1", count("duplicate", "c"));
    Ended neighbour = many.write("t/0/2", count("neighbour", "d"));
    Ended next =
        many.write(
            "t/0/3", count("next", "c").put("many0", Map.of("pk", AttributeValue.fromS("next"))));
    many.await();

    assertThat(sets).isEqualTo(63);
    assertThat(duplicate.outcome).isInstanceOf(Outcome.Duplicate.class);
    assertThat(neighbour.outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(next.outcome).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void theSameRecordAgainIsNotAppliedAgain() {
    worker.writeAndWait("t/0/1", count("e", "c"));
    Ended remembered = worker.writeAndWait("t/0/1", count("e", "c"));
    Ended asked = worker.another().writeAndWait("t/0/1", count("e", "c"));

    assertThat(remembered.outcome).isEqualTo(new Outcome.Replayed(List.of(Suffix.NONE)));
    assertThat(asked.outcome).isEqualTo(new Outcome.Replayed(List.of(Suffix.NONE)));
    assertThat(counter("c")).isEqualTo(1);
  }

  @Test
  void aLostReplyIsNotAppliedAgain() {
    worker.dynamo.next(OPERATION, new Fate.ReplyLost());
    worker.dynamo.next(OPERATION, new Fate.NeverAnswered(true));
    Ended write = worker.writeAndWait("t/0/1", count("e", "c"));

    assertThat(write.failure).isNull();
    assertThat(counter("c")).isEqualTo(1);
  }

  @Test
  void anotherRecordOfTheEventIsADuplicateAndOtherContentAConflict() {
    Write event = count("e", "c").fingerprintOf(new byte[] {1});
    worker.writeAndWait("t/0/1", event);
    Worker other = worker.another();
    Ended duplicate = other.writeAndWait("t/2/9", event);
    Ended reused = other.writeAndWait("t/2/10", event.fingerprintOf(new byte[] {2}));
    Ended changed = other.writeAndWait("t/0/1", count("e", "other").fingerprintOf(new byte[] {1}));

    SourcePosition holder = new SourcePosition("t/0/1");
    assertThat(duplicate.outcome).isEqualTo(new Outcome.Duplicate(holder));
    assertThat(reused.outcome).isEqualTo(new Outcome.Conflict(Kind.OTHER_CONTENT, holder));
    assertThat(changed.outcome).isEqualTo(new Outcome.Conflict(Kind.MAPPING_CHANGED, holder));
    assertThat(counter("c") + counter("other")).isEqualTo(1);
  }

  @Test
  void anEntryOfAnotherModeIsAConflict() {
    Worker ledger = Worker.seeded(29);
    ledger.writeAndWait("t/0/1", Write.event("e").put(PLAIN, item("a", 1, "v")));
    Map<String, AttributeValue> entry = new HashMap<>(ledger.dynamo.items(LEDGER).get(0));
    worker.dynamo.putDirectly(LEDGER, entry);
    Ended write = worker.writeAndWait("t/0/1", Write.event("e").put(PLAIN, item("a", 1, "v")));

    assertThat(write.outcome)
        .isEqualTo(new Outcome.Conflict(Kind.MAPPING_CHANGED, new SourcePosition("t/0/1")));
  }

  @Test
  void theSameParametersGoUnderOneToken() {
    worker.dynamo.next(OPERATION, new Fate.NotSent());
    worker.dynamo.next(OPERATION, new Fate.ErrorResponse("ThrottlingException", 400));
    worker.dynamo.next(OPERATION, new Fate.ErrorResponse("TransactionInProgressException", 400));
    worker.dynamo.next(OPERATION, new Fate.NeverAnswered(false));
    worker.writeAndWait("t/0/1", count("e", "c"));

    assertThat(sent(worker)).hasSize(5);
    assertThat(new HashSet<>(sent(worker))).hasSize(1);
  }

  @Test
  void noTwoTransactionsShareAToken() {
    Worker other = worker.another();
    for (int i = 0; i < 50; i++) {
      worker.write("t/0/" + i, count("e" + i, "c" + i));
      other.write("t/1/" + i, count("f" + i, "d" + i));
    }
    worker.await();
    other.await();
    Set<String> tokens = new HashSet<>();
    sent(worker).forEach(request -> assertThat(tokens.add(request.clientRequestToken())).isTrue());
    sent(other).forEach(request -> assertThat(tokens.add(request.clientRequestToken())).isTrue());
  }

  @Test
  void writersOfOneSeedShareNoToken() {
    Worker first = one(b -> b.random(new SplittableRandom(42)));
    first.writeAndWait("t/0/1", count("e1", "c"));
    Worker restarted = first.another();
    restarted.writeAndWait("t/0/2", count("e2", "c"));
    Worker seeded = one(b -> b.random(new SplittableRandom(42)));
    seeded.writeAndWait("t/0/1", count("e1", "c"));

    Set<String> tokens = new HashSet<>();
    for (Worker each : List.of(first, restarted, seeded)) {
      each.ended.forEach(write -> assertThat(write.outcome).isInstanceOf(Outcome.Applied.class));
      sent(each).forEach(request -> tokens.add(request.clientRequestToken()));
    }
    assertThat(tokens).hasSize(3);
  }

  @Test
  void aTokenThatIsTakenForAnotherTransactionIsChanged() {
    worker.dynamo.next(OPERATION, new Fate.ReplyLost());
    worker.dynamo.next(
        OPERATION, new Fate.ErrorResponse("IdempotentParameterMismatchException", 400));
    Ended write = worker.writeAndWait("t/0/1", count("e", "c"));

    assertThat(write.outcome).isEqualTo(new Outcome.Replayed(List.of(Suffix.NONE)));
    assertThat(counter("c")).isEqualTo(1);
    List<String> tokens =
        sent(worker).stream().map(TransactWriteItemsRequest::clientRequestToken).toList();
    assertThat(tokens).hasSize(3);
    assertThat(tokens.get(1)).isEqualTo(tokens.get(0));
    assertThat(tokens.get(2)).isNotEqualTo(tokens.get(0));
  }

  @Test
  void eventsOfOneCounterFollowEachOther() {
    Worker many = several(b -> b.maxInFlightRequests(20));
    for (int i = 0; i < 30; i++) {
      many.write("t/0/" + i, count("e" + i, "c" + i % 3));
    }
    many.await();

    for (int i = 0; i < 3; i++) {
      assertThat(counter(many, "c" + i)).isEqualTo(10);
    }
    for (TransactWriteItemsRequest request : sent(many)) {
      Set<Map<String, AttributeValue>> keys = new HashSet<>();
      for (TransactWriteItem action : request.transactItems()) {
        if (action.update() != null) {
          assertThat(keys.add(action.update().key())).isTrue();
        }
      }
    }
  }

  @Test
  void severalEventsShareATransactionIfAsked() {
    Worker many = several(UnaryOperator.identity());
    for (int i = 0; i < 41; i++) {
      many.write("t/0/" + i, count("e" + i, "c" + i));
    }
    many.await();

    assertThat(many.dynamo.items(LEDGER)).hasSize(41);
    assertThat(many.dynamo.items(PLAIN)).hasSize(41);
    assertThat(sent(many)).hasSize(5);
  }

  @Test
  void duplicatesLeaveAndTheRestGoesAgainUnderAnotherToken() {
    Worker first = several(UnaryOperator.identity());
    first.writeAndWait("t/0/3", count("e3", "c"));
    Worker second = first.another();
    second.write("t/9/9", count("first", "z"));
    for (int i = 0; i < 6; i++) {
      second.write("t/1/" + i, count("e" + i, "c" + i));
    }
    second.await();

    for (int i = 0; i < 6; i++) {
      assertThat(second.ended.get(1 + i).outcome)
          .isInstanceOf(i == 3 ? Outcome.Duplicate.class : Outcome.Applied.class);
    }
    assertThat(sent(second).stream().map(TransactWriteItemsRequest::clientRequestToken))
        .hasSize(2)
        .doesNotHaveDuplicates();
  }

  @Test
  void whatIsRejectedLeavesAndTheRestGoesAgain() {
    Worker many = several(UnaryOperator.identity());
    many.write("t/9/9", count("first", "z"));
    // A string cannot be counted up.
    Map<String, AttributeValue> text = new HashMap<>(key("c2", 1));
    text.put("n", AttributeValue.fromS("text"));
    many.dynamo.putDirectly(PLAIN, text);
    for (int i = 0; i < 5; i++) {
      many.write("t/1/" + i, count("e" + i, "c" + i));
    }
    many.await();

    for (int i = 0; i < 5; i++) {
      Ended write = many.ended.get(1 + i);
      if (i == 2) {
        assertThat(write.failure).isInstanceOf(RejectedWriteException.class);
        assertThat(((RejectedWriteException) write.failure).partial()).isFalse();
      } else {
        assertThat(write.outcome).isInstanceOf(Outcome.Applied.class);
      }
    }
    assertThat(many.dynamo.items(LEDGER)).hasSize(5);
  }

  @Test
  void aWholeRequestThatIsInvalidHasEachEventGoAlone() {
    Worker many = several(UnaryOperator.identity());
    many.dynamo.always(OPERATION, new Fate.InvalidIfItHolds("poison"));
    many.write("t/9/9", count("first", "z"));
    for (int i = 0; i < 5; i++) {
      many.write(
          "t/1/" + i, Write.event("e" + i).put(PLAIN, item(i == 2 ? "poison" : "k" + i, 1, "v")));
    }
    many.await();

    for (int i = 0; i < 5; i++) {
      Ended write = many.ended.get(1 + i);
      if (i == 2) {
        assertThat(write.failure).isInstanceOf(RejectedWriteException.class);
      } else {
        assertThat(write.outcome).isInstanceOf(Outcome.Applied.class);
      }
    }
  }

  @Test
  void anItemThatIsThereIsNoReasonToFailACreate() {
    worker.dynamo.putDirectly(PLAIN, item("a", 1, "before"));
    Ended write =
        worker.writeAndWait("t/0/1", count("e", "c").create(PLAIN, item("a", 1, "after")));

    assertThat(write.outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(worker.dynamo.items(PLAIN)).contains(item("a", 1, "before"));
    assertThat(counter("c")).isEqualTo(1);
    assertThat(worker.dynamo.items(LEDGER)).hasSize(1);
  }

  @Test
  void aStaleVersionIsLeftOutAndSaidSo() {
    worker.writeAndWait("t/0/1", Write.event("e2").putIfNewer(PLAIN, item("a", 1, "new"), 2));
    Ended stale =
        worker.writeAndWait(
            "t/0/2", count(Write.event("e1").putIfNewer(PLAIN, item("a", 1, "old"), 1), "c"));

    assertThat(stale.outcome)
        .isEqualTo(new Outcome.Superseded(List.of(Suffix.NONE, Suffix.NONE), List.of(0)));
    assertThat(counter("c")).isEqualTo(1);
  }

  @Test
  void anEqualVersionThatStandsIsAnotherEvents() {
    worker.writeAndWait("t/0/1", Write.event("e1").putIfNewer(PLAIN, item("a", 1, "one"), 7));
    Ended equal =
        worker.writeAndWait("t/0/2", Write.event("e2").putIfNewer(PLAIN, item("a", 1, "two"), 7));

    assertThat(equal.outcome).isEqualTo(new Outcome.Superseded(List.of(Suffix.NONE), List.of(0)));
    assertThat(worker.dynamo.items(PLAIN))
        .singleElement()
        .satisfies(item -> assertThat(item.get("value").s()).isEqualTo("one"));
  }

  @Test
  void aConflictWithAnotherTransactionIsARetry() {
    worker.dynamo.next(OPERATION, new Fate.Cancelled(1, "TransactionConflict"));
    worker.dynamo.next(OPERATION, new Fate.Cancelled(0, "TransactionConflict"));
    worker.dynamo.next(OPERATION, new Fate.Cancelled(1, "ThrottlingError"));
    worker.dynamo.next(OPERATION, new Fate.Cancelled(0, "ProvisionedThroughputExceeded"));
    Ended write = worker.writeAndWait("t/0/1", count("e", "c"));

    assertThat(write.outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(counter("c")).isEqualTo(1);
    assertThat(sent(worker).stream().map(TransactWriteItemsRequest::clientRequestToken))
        .hasSize(5)
        .doesNotHaveDuplicates();
  }

  @Test
  void aConflictThatLastsEndsAsUnknown() {
    worker.dynamo.always(OPERATION, new Fate.Cancelled(1, "TransactionConflict"));
    Ended write = worker.writeAndWait("t/0/1", count("e", "c"));

    assertThat(write.failure).isInstanceOf(UnknownOutcomeException.class);
    assertThat(sent(worker)).hasSizeBetween(5, 200);
  }

  @Test
  void aCancellationWithoutReasonsIsRetriedWithBackoff() {
    worker.dynamo.always(OPERATION, new Fate.Cancelled(-1, "None"));
    Ended write = worker.writeAndWait("t/0/1", count("e", "c"));

    assertThat(write.failure).isInstanceOf(UnknownOutcomeException.class);
    assertThat(sent(worker)).hasSizeBetween(5, 200);
  }

  @Test
  void whatIsNotPermittedIsTheSystemsFault() {
    worker.dynamo.always(OPERATION, new Fate.ErrorResponse("AccessDeniedException", 400));
    Ended write = worker.writeAndWait("t/0/1", count("e", "c"));

    assertThat(write.failure)
        .isInstanceOf(SystemException.class)
        .hasMessageContaining("plain")
        .hasMessageContaining("dynamodb:UpdateItem");
  }

  @Test
  void anEventWhoseTimeIsUpLeavesItsTransaction() {
    Worker many =
        several(
            b -> b.requestTimeout(Duration.ofSeconds(5)).deliveryTimeout(Duration.ofSeconds(10)));
    many.dynamo.next(OPERATION, new Fate.Late(4_000));
    many.write("t/9/9", count("first", "z"));
    many.time.advance(Duration.ofMillis(1));
    Ended early = many.write("t/0/0", count("e0", "c0"));
    many.time.advance(Duration.ofSeconds(3));
    Ended late = many.write("t/0/1", count("e1", "c1"));
    many.dynamo.always(OPERATION, new Fate.NotSent());
    many.time.runUntil(early::hasEnded, Duration.ofMinutes(1));
    many.dynamo.heal();
    many.await();

    assertThat(early.failure).isInstanceOf(UnknownOutcomeException.class);
    assertThat(late.outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(counter(many, "c0")).isZero();
    List<TransactWriteItemsRequest> requests = sent(many);
    TransactWriteItemsRequest both = requests.get(1);
    TransactWriteItemsRequest left = requests.get(requests.size() - 1);
    assertThat(both.transactItems()).hasSize(4);
    assertThat(left.transactItems()).hasSize(2);
    assertThat(left.clientRequestToken()).isNotEqualTo(both.clientRequestToken());
  }

  @Test
  void aWriteWithoutEffectsIsAnEntry() {
    assertThat(worker.writeAndWait("t/0/1", Write.event("e")).outcome)
        .isEqualTo(new Outcome.Applied(List.of()));
    assertThat(worker.dynamo.items(LEDGER)).hasSize(1);
  }

  @Test
  void ninetyNineEffectsFitAndAHundredAreRejected() {
    Write write = Write.event("e");
    for (int i = 0; i < 99; i++) {
      write = write.put(PLAIN, item("k" + i, 1, "v"));
    }
    assertThat(worker.writeAndWait("t/0/1", write).outcome).isInstanceOf(Outcome.Applied.class);
    Write more = write.put(PLAIN, item("k99", 1, "v"));
    assertThatThrownBy(() -> worker.write("t/0/2", more))
        .isInstanceOf(InvalidWriteException.class)
        .hasMessageContaining("99");
  }

  @Test
  void moreThanATransactionTakesIsRejected() {
    Write write = Write.event("e");
    for (int i = 0; i < 11; i++) {
      write = write.put(PLAIN, item("k" + i, 1, "v".repeat(399 * 1024)));
    }
    Write large = write;
    assertThatThrownBy(() -> worker.write("t/0/1", large))
        .isInstanceOf(InvalidWriteException.class)
        .hasMessageContaining("4194304");
  }

  @Test
  void updatesAreCheckedBeforeTheyAreSent() {
    assertThatThrownBy(
            () ->
                worker.write(
                    "t/0/1", Write.event("e").update(PLAIN, key("a", 1), " ", Map.of(), Map.of())))
        .isInstanceOf(InvalidWriteException.class)
        .hasMessageContaining("update in plain");
    assertThatThrownBy(
            () ->
                worker.write(
                    "t/0/1",
                    Write.event("e")
                        .update(PLAIN, item("a", 1, "v"), "REMOVE x", Map.of(), Map.of())))
        .isInstanceOf(InvalidWriteException.class);
    assertThat(worker.dynamo.sent).isEmpty();
  }

  @Test
  void anUpdateUnderLedgerIsRejectedByName() {
    assertThatThrownBy(() -> Worker.seeded(1).write("t/0/1", count("e", "c")))
        .isInstanceOf(InvalidWriteException.class)
        .hasMessageContaining("update in plain")
        .hasMessageContaining("LEDGER");
  }

  @Test
  void settingsThatDoNotFitAreRejected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> one(b -> b.duplicates(Duplicates.REAPPLY)))
        .withMessageContaining("TRANSACTIONAL");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> one(b -> b.maxTransactionEvents(101)))
        .withMessageContaining("maxTransactionEvents is 101");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Worker.seeded(1, b -> b.maxTransactionEvents(2)))
        .withMessageContaining("LEDGER");
  }

  @Test
  void closeEndsWhatIsOpen() {
    worker.dynamo.always(OPERATION, new Fate.NotSent());
    Ended write = worker.write("t/0/1", count("e", "c"));
    worker.closeInVirtualTime(Duration.ofSeconds(1));

    assertThat(write.times).isEqualTo(1);
    assertThat(write.failure).isNotNull();
  }
}
