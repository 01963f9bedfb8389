package dev.sluice;

import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.SHARDED;
import static dev.sluice.fake.Worker.item;
import static dev.sluice.fake.Worker.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fake.FakeDynamoDb.Fate;
import dev.sluice.fake.Worker;
import dev.sluice.fake.Worker.Ended;
import dev.sluice.flow.WriteBudget;
import dev.sluice.model.InvalidWriteException;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.SystemException;
import dev.sluice.model.UnknownOutcomeException;
import dev.sluice.model.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementErrorCodeEnum;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;

/** What becomes of effects once their claims stand. */
class EffectsTest {
  private final Worker worker = Worker.seeded(11);

  private static Write put(String event, String pk, String value) {
    return Write.event(event).put(PLAIN, item(pk, 1, value));
  }

  private List<BatchWriteItemRequest> batches() {
    return worker.dynamo.sent("BatchWriteItem").stream()
        .map(BatchWriteItemRequest.class::cast)
        .toList();
  }

  private int itemsIn(BatchWriteItemRequest batch) {
    return batch.requestItems().values().stream().mapToInt(List::size).sum();
  }

  private static void assertAllApplied(Worker worker) {
    assertThat(worker.ended)
        .allSatisfy(
            write -> {
              assertThat(write.failure).isNull();
              assertThat(write.outcome).isInstanceOf(Outcome.Applied.class);
              assertThat(write.times).isEqualTo(1);
            });
  }

  @Test
  void putsGoOutInBatchesOfAtMost25() {
    for (int i = 0; i < 101; i++) {
      worker.write("t/0/" + i, put("e" + i, "k" + i, "v"));
    }
    worker.await();

    assertAllApplied(worker);
    assertThat(worker.dynamo.items(PLAIN)).hasSize(101);
    assertThat(batches()).allSatisfy(batch -> assertThat(itemsIn(batch)).isLessThanOrEqualTo(25));
    assertThat(batches().size()).isLessThan(15);
  }

  @Test
  void createsGoOutInBatchesAndLeaveWhatIsThere() {
    worker.dynamo.putDirectly(PLAIN, item("k3", 1, "before"));
    for (int i = 0; i < 23; i++) {
      worker.write("t/0/" + i, Write.event("e" + i).create(PLAIN, item("k" + i, 1, "after")));
    }
    worker.await();

    assertAllApplied(worker);
    assertThat(worker.dynamo.items(PLAIN)).hasSize(23).contains(item("k3", 1, "before"));
    assertThat(worker.dynamo.sent("BatchExecuteStatement", PLAIN)).isNotEmpty();
  }

  @Test
  void attributeNamesWithQuotesSurviveTheStatement() {
    for (int i = 0; i < 3; i++) {
      Map<String, AttributeValue> item = item("k" + i, 1, "v");
      item.put("it's \"quoted\"", AttributeValue.fromS("x"));
      worker.write("t/0/" + i, Write.event("e" + i).create(PLAIN, item));
    }
    worker.await();

    assertAllApplied(worker);
    assertThat(worker.dynamo.sent("BatchExecuteStatement", PLAIN)).isNotEmpty();
    assertThat(worker.dynamo.items(PLAIN))
        .hasSize(3)
        .allSatisfy(item -> assertThat(item).containsKey("it's \"quoted\""));
  }

  @Test
  void deletesDelete() {
    worker.dynamo.putDirectly(PLAIN, item("a", 1, "x"));
    worker.writeAndWait("t/0/1", Write.event("e").delete(PLAIN, key("a", 1)));

    assertThat(worker.dynamo.items(PLAIN)).isEmpty();
  }

  @Test
  void unprocessedItemsAreNotSuccessAndAreSentAgain() {
    worker.dynamo.next("BatchWriteItem", new Fate.Partly(0));
    worker.dynamo.next("BatchWriteItem", new Fate.Partly(2));
    for (int i = 0; i < 7; i++) {
      worker.write("t/0/" + i, put("e" + i, "k" + i, "v"));
    }
    worker.await();

    assertAllApplied(worker);
    assertThat(worker.dynamo.items(PLAIN)).hasSize(7);
  }

  @Test
  void unprocessedItemsAreGivenUpAtTheDeadlineAndSaidToBeUnknown() {
    worker.dynamo.always("BatchWriteItem", new Fate.Partly(0));
    Ended write = worker.writeAndWait("t/0/1", put("e", "a", "v"));

    assertThat(write.failure)
        .isInstanceOf(UnknownOutcomeException.class)
        .hasMessageContaining("UnprocessedItems");
    // Backoff: a hot loop would send thousands.
    assertThat(batches().size()).isLessThan(60);
  }

  @Test
  void writesToOneKeyGoOutOneAtATimeInTheirOrder() {
    for (int seed = 0; seed < 50; seed++) {
      Worker shaken = Worker.seeded(seed);
      shaken.dynamo.next("PutItem", new Fate.Late(700));
      shaken.dynamo.next("BatchWriteItem", new Fate.Partly(0));
      shaken.dynamo.next("BatchWriteItem", new Fate.NotSent());
      for (int i = 0; i < 13; i++) {
        shaken.write("t/0/" + i, put("e" + i, "one", "v" + i));
      }
      shaken.await();

      assertAllApplied(shaken);
      assertThat(shaken.dynamo.items(PLAIN)).containsExactly(item("one", 1, "v12"));
    }
  }

  @Test
  void keysAreComparedByValueNotByTheirText() {
    Map<String, AttributeValue> first = item("a", 1, "v1");
    first.put("sk", AttributeValue.fromN("1"));
    Map<String, AttributeValue> second = item("a", 1, "v2");
    second.put("sk", AttributeValue.fromN("1.0"));
    worker.write("t/0/1", Write.event("e1").put(PLAIN, first));
    worker.write("t/0/2", Write.event("e2").put(PLAIN, second));
    worker.await();

    assertAllApplied(worker);
    assertThat(batches()).allSatisfy(batch -> assertThat(itemsIn(batch)).isEqualTo(1));
  }

  @Test
  void oneBadItemDoesNotHarmItsNeighbours() {
    worker.dynamo.always("BatchWriteItem", new Fate.InvalidIfItHolds("poison"));
    for (int i = 0; i < 23; i++) {
      worker.write("t/0/" + i, put("e" + i, "k" + i, i == 13 ? "poison" : "v"));
    }
    worker.await();

    assertThat(worker.dynamo.items(PLAIN)).hasSize(22);
    List<Ended> failed = worker.ended.stream().filter(w -> w.failure != null).toList();
    assertThat(failed).hasSize(1);
    assertThat(worker.ended.get(13).failure).isInstanceOf(RejectedWriteException.class);
  }

  @Test
  void whatTheServiceFindsInvalidTakesNothingOfTheBudget() {
    // By a clock that stands still, what is taken is never there again.
    WriteBudget budget = WriteBudget.unitsPerSecond(10).withClock(() -> Instant.EPOCH);
    Worker bounded = Worker.seeded(Mode.KEYED, 7, b -> b.writeBudget(PLAIN, budget));
    bounded.dynamo.next("PutItem", PLAIN, new Fate.ErrorResponse("ValidationException", 400));
    Ended invalid =
        bounded.writeAndWait(
            "t/0/0", Write.event("e0").putIfNewer(PLAIN, item("a", 1, "x".repeat(300_000)), 1));
    Ended valid =
        bounded.writeAndWait("t/0/1", Write.event("e1").putIfNewer(PLAIN, item("b", 1, "y"), 1));

    assertThat(invalid.failure).isInstanceOf(RejectedWriteException.class);
    assertThat(valid.failure).isNull();
  }

  @Test
  void aThrottledStatementInsideASuccessIsRetried() {
    worker.dynamo.next(
        "BatchExecuteStatement",
        PLAIN,
        new Fate.StatementError(1, BatchStatementErrorCodeEnum.THROTTLING_ERROR));
    for (int i = 0; i < 5; i++) {
      worker.write("t/0/" + i, Write.event("e" + i).create(PLAIN, item("k" + i, 1, "v")));
    }
    worker.await();

    assertAllApplied(worker);
    assertThat(worker.dynamo.items(PLAIN)).hasSize(5);
  }

  @Test
  void aStatementRejectedForItsContentFailsAlone() {
    worker.dynamo.next(
        "BatchExecuteStatement",
        PLAIN,
        new Fate.StatementError(1, BatchStatementErrorCodeEnum.VALIDATION_ERROR));
    for (int i = 0; i < 5; i++) {
      worker.write("t/0/" + i, Write.event("e" + i).create(PLAIN, item("k" + i, 1, "v")));
    }
    worker.await();

    assertThat(worker.dynamo.items(PLAIN)).hasSize(4);
    assertThat(worker.ended.stream().filter(w -> w.failure instanceof RejectedWriteException))
        .hasSize(1);
  }

  @Test
  void whereStatementsAreNotPermittedCreatesGoOneByOne() {
    worker.dynamo.always(
        "BatchExecuteStatement", new Fate.ErrorResponse("AccessDeniedException", 400));
    for (int i = 0; i < 50; i++) {
      worker.write("t/0/" + i, Write.event("e" + i).create(PLAIN, item("k" + i, 1, "v")));
    }
    worker.await();

    assertAllApplied(worker);
    assertThat(worker.dynamo.items(PLAIN)).hasSize(50);
  }

  @Test
  void oneDeniedCreateIsNoReasonToGiveUpBatches() {
    worker.dynamo.next(
        "BatchExecuteStatement",
        PLAIN,
        new Fate.StatementError(3, BatchStatementErrorCodeEnum.ACCESS_DENIED));
    createMany(0, 25);
    int batches = worker.dynamo.sent("BatchExecuteStatement", PLAIN).size();
    createMany(25, 50);

    assertAllApplied(worker);
    assertThat(worker.dynamo.items(PLAIN)).hasSize(50);
    assertThat(worker.dynamo.sent("PutItem", PLAIN)).hasSize(1);
    assertThat(worker.dynamo.sent("BatchExecuteStatement", PLAIN)).hasSizeGreaterThan(batches);
  }

  @Test
  void aCreateThatIsDeniedAloneTooFailsAlone() {
    worker.dynamo.next(
        "BatchExecuteStatement",
        PLAIN,
        new Fate.StatementError(3, BatchStatementErrorCodeEnum.ACCESS_DENIED));
    worker.dynamo.next("PutItem", PLAIN, new Fate.ErrorResponse("AccessDeniedException", 400));
    createMany(0, 25);

    assertThat(worker.ended.stream().filter(write -> write.failure != null))
        .singleElement()
        .satisfies(write -> assertThat(write.failure).isInstanceOf(SystemException.class));
    assertThat(worker.dynamo.items(PLAIN)).hasSize(24);
  }

  @Test
  void whereEveryStatementIsDeniedCreatesGoOneByOneWithOneWarning() {
    worker.dynamo.always(
        "BatchExecuteStatement",
        new Fate.StatementErrors(BatchStatementErrorCodeEnum.ACCESS_DENIED));
    List<String> warnings;
    try (CapturedLog log = CapturedLog.start()) {
      createMany(0, 50);
      createMany(50, 101);
      warnings = log.lines("was rejected with AccessDenied, so creates go out one by one");
    }

    assertAllApplied(worker);
    assertThat(worker.dynamo.sent("PutItem", PLAIN)).hasSize(101);
    assertThat(warnings).singleElement().asString().contains("Table plain");
  }

  private void createMany(int from, int to) {
    for (int i = from; i < to; i++) {
      worker.write("t/0/" + i, Write.event("e" + i).create(PLAIN, item("k" + i, 1, "v")));
    }
    worker.await();
  }

  @Test
  void whereStatementsAreNotPermittedTheLimitOfRequestsHolds() {
    Worker narrow = Worker.seeded(5, settings -> settings.maxInFlightRequests(3));
    narrow.dynamo.always(
        "BatchExecuteStatement", new Fate.ErrorResponse("AccessDeniedException", 400));
    for (int i = 0; i < 101; i++) {
      narrow.write("t/0/" + i, Write.event("e" + i).create(PLAIN, item("k" + i, 1, "v")));
    }
    narrow.await();

    assertAllApplied(narrow);
    assertThat(narrow.dynamo.mostUnderWay()).isEqualTo(3);
  }

  @Test
  void deletesOnShardedTablesAreRejectedByName() {
    assertThatThrownBy(
            () ->
                worker.write(
                    "t/0/1",
                    Write.event("e").delete(SHARDED, Map.of("pk", AttributeValue.fromS("a")))))
        .isInstanceOf(InvalidWriteException.class)
        .hasMessageContaining("delete from sharded");
  }

  @Test
  void anItemThatNoStatementCanHoldGoesAlone() {
    for (int i = 0; i < 3; i++) {
      Map<String, AttributeValue> item = item("k" + i, 1, "v");
      item.put("x".repeat(9000), AttributeValue.fromS("long"));
      worker.write("t/0/" + i, Write.event("e" + i).create(PLAIN, item));
    }
    worker.await();

    assertAllApplied(worker);
    assertThat(worker.dynamo.sent("BatchExecuteStatement", PLAIN)).isEmpty();
  }

  @Test
  void anItemThatNoStatementCanHoldLeavesItsBatchToTheOthers() {
    for (int i = 0; i < 7; i++) {
      Map<String, AttributeValue> item = item("k" + i, 1, "v");
      if (i == 3) {
        item.put("x".repeat(9000), AttributeValue.fromS("long"));
      }
      worker.write("t/0/" + i, Write.event("e" + i).create(PLAIN, item));
    }
    worker.await();

    assertAllApplied(worker);
    assertThat(worker.dynamo.items(PLAIN)).hasSize(7);
    assertThat(worker.dynamo.sent("BatchExecuteStatement", PLAIN)).hasSize(1);
    assertThat(worker.dynamo.sent("PutItem", PLAIN)).hasSize(1);
  }

  @Test
  void aRequestWithoutAnswerIsGivenUpAndSentAgain() {
    worker.dynamo.next("BatchWriteItem", new Fate.NeverAnswered(false));
    Ended write = worker.writeAndWait("t/0/1", put("e", "a", "v"));

    assertThat(write.outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(batches()).hasSize(2);
  }

  @Test
  void aTableThatIsGoneFailsAsTheSystemsFault() {
    worker.dynamo.always(
        "BatchWriteItem", new Fate.ErrorResponse("ResourceNotFoundException", 400));
    Ended write = worker.writeAndWait("t/0/1", put("e", "a", "v"));

    assertThat(write.failure)
        .isInstanceOf(SystemException.class)
        .hasMessageContaining("'plain'")
        .hasMessageContaining("create it");
  }

  @Test
  void oneTableThatFailsDoesNotHoldUpAnother() {
    worker.dynamo.always("BatchWriteItem", new Fate.NotSent());
    Ended stuck = worker.write("t/0/1", put("e1", "a", "v"));
    Ended free = worker.write("t/0/2", Write.event("e2").create(SHARDED, item("b", "v")));
    worker.time.advance(Duration.ofSeconds(1));

    assertThat(free.outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(stuck.hasEnded()).isFalse();
  }

  @Test
  void requestsUnderWayStayWithinTheirLimit() {
    Worker narrow = Worker.seeded(3, settings -> settings.maxInFlightRequests(7));
    for (int i = 0; i < 301; i++) {
      narrow.write("t/0/" + i, put("e" + i, "k" + i, "v"));
    }
    narrow.await();

    assertThat(narrow.dynamo.mostUnderWay()).isEqualTo(7);
    assertAllApplied(narrow);
  }

  @Test
  void anIdleWriterDoesNotWaitOutItsLinger() {
    Worker slow = Worker.seeded(3, settings -> settings.linger(Duration.ofSeconds(20)));
    Ended write = slow.write("t/0/1", put("e", "a", "v"));
    slow.time.advance(Duration.ofMillis(50));

    assertThat(write.outcome).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void flushEndsWhenAllThatWasAcceptedBeforeHasEnded() {
    Worker slow = Worker.seeded(3, settings -> settings.linger(Duration.ofSeconds(20)));
    slow.dynamo.next("PutItem", new Fate.Late(1500));
    for (int i = 0; i < 5; i++) {
      slow.write("t/0/" + i, put("e" + i, "k" + i, "v"));
    }
    List<Boolean> allEnded = new ArrayList<>();
    slow.writer.flush().thenRun(() -> allEnded.add(slow.ended.stream().allMatch(Ended::hasEnded)));
    slow.time.runUntil(() -> !allEnded.isEmpty(), Duration.ofSeconds(3));

    assertThat(allEnded).containsExactly(true);
  }

  @Test
  void whatTheClientCanKnowToBeWrongIsRejectedBeforeTheClaim() {
    Map<String, AttributeValue> tooLarge = item("a", 1, "x".repeat(400 * 1024));
    Map<String, AttributeValue> emptySet = item("a", 1, "v");
    emptySet.put("set", AttributeValue.builder().ss(List.of()).build());
    Map<String, AttributeValue> wrongType = item("a", 1, "v");
    wrongType.put("sk", AttributeValue.fromS("1"));
    Map<String, AttributeValue> noNumber = item("a", 1, "v");
    noNumber.put("n", AttributeValue.fromN("one"));
    AttributeValue deep = AttributeValue.fromS("x");
    for (int i = 0; i < 33; i++) {
      deep = AttributeValue.fromL(List.of(deep));
    }
    Map<String, AttributeValue> nested = item("a", 1, "v");
    nested.put("deep", deep);
    List<Write> rejected =
        List.of(
            Write.event("").put(PLAIN, item("a", 1, "v")),
            Write.event("x".repeat(2048)).put(PLAIN, item("a", 1, "v")),
            Write.event("e").put("undeclared", item("a", 1, "v")),
            Write.event("e").put(PLAIN, item("", 1, "v")),
            Write.event("e").put(PLAIN, item("k".repeat(2049), 1, "v")),
            Write.event("e").put(PLAIN, item("a", "no sort key")),
            Write.event("e").put(PLAIN, tooLarge),
            Write.event("e").put(PLAIN, emptySet),
            Write.event("e").put(PLAIN, wrongType),
            Write.event("e").put(PLAIN, noNumber),
            Write.event("e").put(PLAIN, nested),
            Write.event("e").delete(PLAIN, item("a", 1, "more than the key")),
            Write.event("e").put(PLAIN, item("a", 1, "v")).delete(PLAIN, key("a", 1)),
            Write.event("e").put(SHARDED, item("k".repeat(2046), "no room for the suffix")));

    for (Write write : rejected) {
      assertThatThrownBy(() -> worker.write("t/0/1", write))
          .isInstanceOf(InvalidWriteException.class);
    }
    worker.time.advance(Duration.ofSeconds(1));
    assertThat(worker.dynamo.sent).isEmpty();
  }

  /** A client would send what it can make of half a surrogate pair: another position. */
  @Test
  void halfASurrogatePairIsRejectedWhereverItStands() {
    Write write = Write.event("e").put(PLAIN, item("a", 1, "v"));
    assertThatThrownBy(() -> worker.write("file-\ud83d", write))
        .isInstanceOf(InvalidWriteException.class)
        .hasMessageContaining("source position");
    Worker transactional = Worker.seeded(Mode.TRANSACTIONAL, 1, settings -> settings);
    Map<String, AttributeValue> one = Map.of(":one", AttributeValue.fromN("1"));
    for (Write update :
        List.of(
            Write.event("e").update(PLAIN, key("a", 1), "ADD \ud83d :one", Map.of(), one),
            Write.event("e")
                .update(PLAIN, key("a", 1), "ADD #n :one", Map.of("#n", "\udc00"), one))) {
      assertThatThrownBy(() -> transactional.write("t/0/1", update))
          .isInstanceOf(InvalidWriteException.class)
          .hasMessageContaining("not Unicode");
    }
    assertThatThrownBy(
            () ->
                Worker.seeded(
                    1,
                    settings ->
                        settings.ledger(LedgerTable.named("ledger").scope("billing-\udc00"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("scope");
  }

  @Test
  void statementsCarryEveryItemAsParameters() {
    for (int i = 0; i < 2; i++) {
      worker.write("t/0/" + i, Write.event("e" + i).create(PLAIN, item("k" + i, 1, "secret")));
    }
    worker.await();

    BatchExecuteStatementRequest batch =
        (BatchExecuteStatementRequest) worker.dynamo.sent("BatchExecuteStatement", PLAIN).get(0);
    assertThat(batch.statements())
        .allSatisfy(
            statement ->
                assertThat(statement.statement())
                    .isEqualTo("INSERT INTO \"plain\" VALUE {'pk': ?, 'sk': ?, 'value': ?}"));
  }
}
