package dev.sluice;

import static dev.sluice.fake.Worker.LEDGER;
import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.item;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fake.FakeDynamoDb.Fate;
import dev.sluice.fake.Worker;
import dev.sluice.fake.Worker.Ended;
import dev.sluice.metrics.WriterMetrics;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Outcome;
import dev.sluice.model.SystemException;
import dev.sluice.model.Write;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementErrorCodeEnum;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;

/** Claims in batches: what goes over the wire, and what becomes of each when some fail. */
class ClaimBatchesTest {
  private static final String INSERTS = "BatchExecuteStatement";
  private static final String READS = "BatchGetItem";
  private static final Duration HOUR = Duration.ofHours(1);

  private final Worker worker = Worker.seeded(17);

  private static Write put(int i) {
    return Write.event("e" + i).put(PLAIN, item("k" + i, 1, "v"));
  }

  private static void write(Worker to, String partition, int count) {
    for (int i = 0; i < count; i++) {
      to.write(partition + "/" + i, put(i));
    }
    to.await();
  }

  private static void assertAll(Worker of, Class<? extends Outcome> kind) {
    assertThat(of.ended)
        .allSatisfy(
            write -> {
              assertThat(write.failure).isNull();
              assertThat(write.outcome).isInstanceOf(kind);
            });
  }

  private static List<BatchExecuteStatementRequest> inserts(Worker of) {
    return of.dynamo.sent(INSERTS, LEDGER).stream()
        .map(BatchExecuteStatementRequest.class::cast)
        .toList();
  }

  @Test
  void severalClaimsShareARequestOfAtMost25() {
    write(worker, "t/0", 101);

    assertAll(worker, Outcome.Applied.class);
    assertThat(worker.dynamo.items(LEDGER)).hasSize(101);
    assertThat(worker.dynamo.sent("PutItem", LEDGER)).hasSizeLessThan(3);
    assertThat(inserts(worker)).hasSizeLessThan(8);
    assertThat(inserts(worker))
        .allSatisfy(batch -> assertThat(batch.statements()).hasSizeBetween(2, 25));
  }

  @Test
  void statementsCarryEntriesAsParameters() {
    write(worker, "t/0", 3);
    worker.write("t/1/7", put(7).fingerprintOf(new byte[] {1}));
    worker.write("t/1/8", put(8));
    worker.await();

    List<String> texts = new ArrayList<>();
    inserts(worker).forEach(batch -> batch.statements().forEach(s -> texts.add(s.statement())));
    assertThat(texts)
        .allSatisfy(
            text ->
                assertThat(text)
                    .startsWith(
                        "INSERT INTO \"ledger\" VALUE {'id': ?, 'src': ?, 'mode': ?, 'keys': ?,"
                            + " 'suffixes': ?, 'expireAt': ?"));
    assertThat(worker.dynamo.items(LEDGER))
        .hasSize(5)
        .allSatisfy(
            entry -> assertThat(entry).containsKeys("id", "src", "mode", "keys", "expireAt"));
  }

  @Test
  void oneIdNeverGoesTwiceInOneRequest() {
    for (int i = 0; i < 40; i++) {
      worker.write("t/0/" + i, put(i % 7));
    }
    worker.await();

    for (BatchExecuteStatementRequest batch : inserts(worker)) {
      Set<String> ids = new HashSet<>();
      for (BatchStatementRequest statement : batch.statements()) {
        assertThat(ids.add(statement.parameters().get(0).s())).isTrue();
      }
    }
    assertThat(worker.dynamo.items(PLAIN)).hasSize(7);
  }

  @Test
  void aLostReplyIsNotABatchOfDuplicates() {
    worker.dynamo.next(INSERTS, LEDGER, new Fate.ReplyLost());
    write(worker, "t/0", 25);

    assertThat(worker.dynamo.items(PLAIN)).hasSize(25);
    assertThat(worker.ended)
        .allSatisfy(
            write ->
                assertThat(write.outcome)
                    .isInstanceOfAny(Outcome.Applied.class, Outcome.Replayed.class));
  }

  @Test
  void manyKnownEventsAreReadInBulkAndConsistently() {
    write(worker, "t/0", 30);
    Worker second = worker.another();
    write(second, "t/1", 30);

    assertAll(second, Outcome.Duplicate.class);
    assertThat(second.dynamo.sent("PutItem", LEDGER)).hasSizeLessThan(3);
    assertThat(second.dynamo.sent(READS)).isNotEmpty();
    assertThat(second.dynamo.sent(READS).stream().map(BatchGetItemRequest.class::cast))
        .allSatisfy(read -> assertThat(read.requestItems().get(LEDGER).consistentRead()).isTrue());
  }

  @Test
  void aSingleKnownEventAmongFreshOnesIsReadToo() {
    Worker first = Worker.seeded(7);
    write(first, "t/0", 1);
    first.await();
    Worker second = first.another();
    write(second, "t/1", 23);
    second.await();

    assertThat(second.dynamo.sent(READS)).hasSize(1);
    assertThat(second.dynamo.sent("PutItem", LEDGER)).isEmpty();
    assertThat(second.ended.get(0).outcome).isInstanceOf(Outcome.Duplicate.class);
  }

  @Test
  void aRestartReplaysWhatWasClaimed() {
    write(worker, "t/0", 30);
    Worker second = worker.another();
    write(second, "t/0", 30);

    assertAll(second, Outcome.Replayed.class);
  }

  @Test
  void anExpiredEntryAmongKnownOnesIsTakenOver() {
    LedgerTable brief = LedgerTable.named(LEDGER).scope("test").retention(Duration.ofMinutes(10));
    Worker first = Worker.seeded(3, b -> b.ledger(brief).claimMemory(0));
    write(first, "t/0", 5);
    first.time.advance(Duration.ofMinutes(11));
    for (int i = 5; i < 10; i++) {
      first.write("t/0/" + i, put(i));
    }
    first.await();
    Worker second = first.another();
    for (int i = 0; i < 10; i++) {
      second.write("t/1/" + i, put(i));
    }
    second.await();

    for (int i = 0; i < 10; i++) {
      assertThat(second.ended.get(i).outcome)
          .isInstanceOf(i < 5 ? Outcome.Applied.class : Outcome.Duplicate.class);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = BatchStatementErrorCodeEnum.class,
      names = {
        "THROTTLING_ERROR",
        "PROVISIONED_THROUGHPUT_EXCEEDED",
        "INTERNAL_SERVER_ERROR",
        "TRANSACTION_CONFLICT",
        "REQUEST_LIMIT_EXCEEDED",
        "VALIDATION_ERROR",
        "ACCESS_DENIED"
      })
  void aStatementThatFailsIsRetriedForItself(BatchStatementErrorCodeEnum code) {
    worker.dynamo.next(INSERTS, LEDGER, new Fate.StatementError(1, code));
    write(worker, "t/0", 9);

    assertAll(worker, Outcome.Applied.class);
    assertThat(worker.dynamo.items(LEDGER)).hasSize(9);
    assertThat(worker.dynamo.items(PLAIN)).hasSize(9);
  }

  @Test
  void aTableThatIsGoneFailsTheClaimsOfTheBatch() {
    worker.dynamo.always("PutItem", new Fate.ErrorResponse("ResourceNotFoundException", 400));
    worker.dynamo.always(
        INSERTS, new Fate.StatementError(0, BatchStatementErrorCodeEnum.RESOURCE_NOT_FOUND));
    Ended first = worker.write("t/0/1", put(1));
    Ended second = worker.write("t/0/2", put(2));
    Ended third = worker.write("t/0/3", put(3));
    worker.await();

    List<Ended> failed =
        List.of(first, second, third).stream().filter(w -> w.failure != null).toList();
    assertThat(failed)
        .isNotEmpty()
        .allSatisfy(w -> assertThat(w.failure).isInstanceOf(SystemException.class));
    assertThat(worker.dynamo.items(PLAIN)).hasSize(3 - failed.size());
  }

  @Test
  void aWholeRequestThatIsInvalidHasEachClaimGoAlone() {
    worker.dynamo.always(INSERTS, new Fate.ErrorResponse("ValidationException", 400));
    write(worker, "t/0", 9);

    assertAll(worker, Outcome.Applied.class);
    assertThat(worker.dynamo.sent("PutItem", LEDGER)).hasSize(9);
  }

  @Test
  void whereStatementsAreNotPermittedClaimsGoOneByOne() {
    worker.dynamo.always(INSERTS, new Fate.ErrorResponse("AccessDeniedException", 400));
    write(worker, "t/0", 50);

    assertAll(worker, Outcome.Applied.class);
    // Two were under way when the first was answered.
    assertThat(inserts(worker)).hasSize(2);
    assertThat(worker.dynamo.sent("PutItem", LEDGER)).hasSize(50);
  }

  @Test
  void oneDeniedStatementIsNoReasonToGiveUpBatches() {
    worker.dynamo.next(
        INSERTS, LEDGER, new Fate.StatementError(1, BatchStatementErrorCodeEnum.ACCESS_DENIED));
    write(worker, "t/0", 25);
    assertThat(inserts(worker)).hasSize(1);
    assertThat(worker.dynamo.sent("PutItem", LEDGER)).hasSize(1);
    for (int i = 25; i < 50; i++) {
      worker.write("t/0/" + i, put(i));
    }
    worker.await();

    // None of them finds its own claim of a batch that was thought to have failed.
    assertAll(worker, Outcome.Applied.class);
    assertThat(inserts(worker)).hasSize(2);
    assertThat(worker.dynamo.sent("PutItem", LEDGER)).hasSize(1);
  }

  @Test
  void whereEveryStatementIsDeniedClaimsGoOneByOne() {
    worker.dynamo.always(
        INSERTS, new Fate.StatementErrors(BatchStatementErrorCodeEnum.ACCESS_DENIED));
    write(worker, "t/0", 50);

    assertAll(worker, Outcome.Applied.class);
    assertThat(inserts(worker)).hasSize(2);
    assertThat(worker.dynamo.sent("PutItem", LEDGER)).hasSize(50);
  }

  @Test
  void manyDeniedBatchesAreOneWarning() {
    write(worker, "t/0", 101);
    Worker second = worker.another();
    second.dynamo.always(INSERTS, new Fate.ErrorResponse("AccessDeniedException", 400));
    Worker third = worker.another();
    third.dynamo.always(READS, new Fate.ErrorResponse("AccessDeniedException", 400));
    List<String> ofStatements;
    List<String> ofReads;
    try (CapturedLog log = CapturedLog.start()) {
      for (int round = 0; round < 3; round++) {
        write(second, "t/" + round, 101);
        write(third, "t/" + round, 101);
      }
      ofStatements =
          log.lines("was rejected with AccessDeniedException, so claims go out one by one");
      ofReads = log.lines("BatchGetItem was rejected");
    }

    assertThat(second.dynamo.sent(INSERTS, LEDGER)).hasSizeGreaterThan(1);
    assertThat(third.dynamo.sent(READS)).isNotEmpty();
    assertThat(ofStatements).singleElement().asString().contains("Table ledger");
    assertThat(ofReads).singleElement().asString().contains("Table ledger");
  }

  @Test
  void whereClaimsGoOneByOneTheyDoNotLinger() {
    Worker slow = Worker.seeded(3, b -> b.linger(Duration.ofMinutes(1)).deliveryTimeout(HOUR));
    slow.dynamo.always(INSERTS, new Fate.ErrorResponse("AccessDeniedException", 400));
    slow.write("t/0/0", put(0));
    slow.write("t/0/1", put(1));
    slow.await();
    slow.dynamo.next("PutItem", new Fate.Late(1_900));
    slow.write("t/0/2", put(2));
    slow.time.advance(Duration.ofMillis(10));
    int before = slow.dynamo.sent("PutItem", LEDGER).size();
    slow.write("t/0/3", put(3));
    slow.time.advance(Duration.ofMillis(10));

    assertThat(slow.dynamo.sent("PutItem", LEDGER)).hasSize(before + 1);
  }

  @Test
  void whereReadsAreNotPermittedKnownEventsAreAskedForOneByOne() {
    write(worker, "t/0", 30);
    Worker second = worker.another();
    second.dynamo.always(READS, new Fate.ErrorResponse("AccessDeniedException", 400));
    write(second, "t/1", 30);

    assertAll(second, Outcome.Duplicate.class);
    assertThat(second.dynamo.sent(READS)).hasSize(1);
    assertThat(second.dynamo.sent("PutItem", LEDGER)).hasSize(30);
  }

  @Test
  void whatFailedTogetherGoesAgainTogether() {
    worker.dynamo.next(INSERTS, LEDGER, new Fate.ErrorResponse("ThrottlingException", 400));
    worker.dynamo.next(INSERTS, LEDGER, new Fate.ErrorResponse("ThrottlingException", 400));
    write(worker, "t/0", 26);

    assertAll(worker, Outcome.Applied.class);
    assertThat(worker.dynamo.sent("PutItem", LEDGER)).hasSizeLessThan(3);
    assertThat(inserts(worker)).hasSizeLessThan(6);
  }

  @Test
  void aReadThatFailsIsRepeatedAsARead() {
    write(worker, "t/0", 26);
    Worker second = worker.another();
    second.dynamo.next(READS, new Fate.NotSent());
    second.dynamo.next(
        READS, new Fate.ErrorResponse("ProvisionedThroughputExceededException", 400));
    write(second, "t/1", 26);

    assertAll(second, Outcome.Duplicate.class);
    assertThat(second.dynamo.sent(READS)).hasSize(3);
    assertThat(statements(second) + second.dynamo.sent("PutItem", LEDGER).size()).isEqualTo(26);
  }

  @Test
  void readsThatKeepFailingGiveWayToConditionalPuts() {
    write(worker, "t/0", 26);
    Worker second = worker.another();
    second.dynamo.always(
        READS, new Fate.ErrorResponse("ProvisionedThroughputExceededException", 400));
    write(second, "t/1", 26);

    assertAll(second, Outcome.Duplicate.class);
    assertThat(second.dynamo.sent(READS)).hasSize(3);
    assertThat(statements(second)).isLessThan(26);
    assertThat(second.dynamo.sent("PutItem", LEDGER)).hasSize(26);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ResourceNotFoundException", "ValidationException"})
  void aReadThatCannotWorkHasEachClaimPutAlone(String code) {
    write(worker, "t/0", 26);
    Worker second = worker.another();
    second.dynamo.always(READS, new Fate.ErrorResponse(code, 400));
    write(second, "t/1", 26);

    assertAll(second, Outcome.Duplicate.class);
    assertThat(second.dynamo.sent(READS)).hasSize(1);
    assertThat(second.dynamo.sent("PutItem", LEDGER)).hasSize(26);
  }

  @Test
  void aThrottledReadCountsAgainstNoWrites() {
    long[] throttled = {0};
    WriterMetrics metrics =
        new WriterMetrics() {
          @Override
          public void throttled(String table, long units) {
            throttled[0] += units;
          }
        };
    Worker measured = Worker.seeded(17, b -> b.metrics(metrics).claimMemory(0));
    write(measured, "t/0", 26);
    measured.dynamo.next(
        READS, new Fate.ErrorResponse("ProvisionedThroughputExceededException", 400));
    write(measured, "t/1", 26);

    assertThat(measured.dynamo.sent(READS)).hasSize(2);
    assertThat(throttled[0]).isZero();
  }

  private static int statements(Worker of) {
    return inserts(of).stream().mapToInt(batch -> batch.statements().size()).sum();
  }

  @Test
  void lingerBoundsTheSumOverBothStages() {
    Duration linger = Duration.ofSeconds(1);
    Worker slow = Worker.seeded(3, b -> b.linger(linger).maxInFlightRequests(100));
    // A request of each stage is always under way, so nothing is idle and everything lingers.
    slow.dynamo.always("PutItem", new Fate.Late(1_500));
    slow.dynamo.always(INSERTS, new Fate.Late(10));
    slow.write("t/0/0", put(0));
    slow.time.advance(Duration.ofMillis(10));
    Ended first = slow.write("t/0/1", put(1));
    Ended second = slow.write("t/0/2", put(2));
    slow.time.runUntil(() -> first.hasEnded() && second.hasEnded(), Duration.ofMinutes(1));

    assertThat(Duration.between(VirtualTime.DEFAULT_START, slow.time.now()))
        .isLessThan(linger.plusMillis(200));
  }
}
