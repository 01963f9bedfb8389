package dev.sluice;

import static dev.sluice.fake.Worker.LEDGER;
import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.item;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fake.FakeDynamoDb.Fate;
import dev.sluice.fake.Worker;
import dev.sluice.fake.Worker.Ended;
import dev.sluice.flow.WriteBudget;
import dev.sluice.metrics.WriterMetrics;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.SystemException;
import dev.sluice.model.UnknownOutcomeException;
import dev.sluice.model.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.internal.AwsErrorCode;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpResponse;

/** Whose failure it is, and which failures pass. */
class ServiceFailuresTest {
  private static final List<String> OPERATIONS =
      List.of("PutItem", "BatchWriteItem", "BatchExecuteStatement", "TransactWriteItems");

  private static Fate otherService(String code) {
    return new Fate.Thrown(
        () ->
            AwsServiceException.builder()
                .statusCode(400)
                .awsErrorDetails(
                    AwsErrorDetails.builder().serviceName("Sts").errorCode(code).build())
                .build());
  }

  private static Worker worker(Mode mode) {
    return Worker.seeded(mode, 11, UnaryOperator.identity());
  }

  private static void always(Worker worker, Fate fate) {
    OPERATIONS.forEach(operation -> worker.dynamo.always(operation, fate));
  }

  private static List<Ended> write(Worker worker, int count) {
    List<Ended> ended = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Write create = Write.event("e" + i).create(PLAIN, item("c" + i, 1, "v"));
      ended.add(worker.write("t/0/" + i, create.put(PLAIN, item("p" + i, 1, "v"))));
    }
    return ended;
  }

  private static Stream<Arguments> codesAndModes() {
    return Stream.of("ValidationError", "ValidationException", "AccessDenied", "Throttling")
        .flatMap(code -> Stream.of(Mode.values()).map(mode -> Arguments.of(code, mode)));
  }

  @ParameterizedTest
  @MethodSource("codesAndModes")
  void whatAnotherServiceRejectsPassesOrIsTheSystems(String code, Mode mode) {
    Worker worker = worker(mode);
    always(worker, otherService(code));
    List<Ended> passing = write(worker, 7);
    worker.time.advance(Worker.DELIVERY_TIMEOUT.dividedBy(3));
    assertThat(passing).noneMatch(Ended::hasEnded);
    worker.dynamo.heal();
    worker.await();
    assertThat(passing).allMatch(write -> write.outcome instanceof Outcome.Applied);

    always(worker, otherService(code));
    Ended lasting =
        worker.writeAndWait("t/1/1", Write.event("last").create(PLAIN, item("last", 1, "v")));

    assertThat(lasting.failure).isInstanceOf(SystemException.class);
    assertThat(((SystemException) lasting.failure).errorCode()).isEqualTo("AwsServiceException");
  }

  @Test
  void aThrottleOfAnotherServiceSlowsNoTable() {
    WriteBudget budget = WriteBudget.between(100, 4_000);
    List<Long> throttled = new ArrayList<>();
    WriterMetrics metrics =
        new WriterMetrics() {
          @Override
          public void throttled(String table, long units) {
            throttled.add(units);
          }
        };
    Worker worker = Worker.seeded(5, b -> b.writeBudget(PLAIN, budget).metrics(metrics));
    always(worker, otherService("ThrottlingException"));
    write(worker, 25);
    worker.time.advance(Worker.DELIVERY_TIMEOUT.dividedBy(3));
    worker.dynamo.heal();
    worker.await();

    assertThat(throttled).isEmpty();
  }

  @Test
  void aDenialOfAnotherServiceSwitchesNoBatchesOff() {
    Worker worker = worker(Mode.LEDGER);
    worker.dynamo.next("BatchExecuteStatement", otherService("AccessDeniedException"));
    write(worker, 25);
    worker.await();
    int before = worker.dynamo.sent("BatchExecuteStatement", LEDGER).size();
    for (int i = 25; i < 50; i++) {
      worker.write("t/0/" + i, Write.event("e" + i).create(PLAIN, item("c" + i, 1, "v")));
    }
    worker.await();

    assertThat(worker.dynamo.sent("BatchExecuteStatement", LEDGER)).hasSizeGreaterThan(before);
    assertThat(worker.dynamo.sent("PutItem", LEDGER)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void missingCredentialsEndAsTheSystemsAndNotAsUnknown(Mode mode) {
    Worker worker = worker(mode);
    always(worker, new Fate.Thrown(() -> SdkClientException.create("Unable to load credentials")));
    List<Ended> ended = write(worker, 3);
    worker.await();

    assertThat(ended).allMatch(write -> write.failure instanceof SystemException);
    assertThat(ended.get(0).failure).hasMessageContaining("credentials");
  }

  private static Stream<String> codesThatPass() {
    Set<String> codes = new TreeSet<>(AwsErrorCode.THROTTLING_ERROR_CODES);
    codes.addAll(AwsErrorCode.RETRYABLE_ERROR_CODES);
    codes.addAll(AwsErrorCode.DEFINITE_CLOCK_SKEW_ERROR_CODES);
    codes.addAll(AwsErrorCode.POSSIBLE_CLOCK_SKEW_ERROR_CODES);
    codes.addAll(
        List.of(
            "ExpiredTokenException",
            "ExpiredToken",
            "UnrecognizedClientException",
            "ReplicatedWriteConflictException",
            "ReplicatedWriteConflict",
            "SomethingThatNobodyKnows"));
    return codes.stream();
  }

  @ParameterizedTest
  @MethodSource("codesThatPass")
  void aCodeThatPassesStopsNobodyWhenItComesOnce(String code) {
    for (Mode mode : Mode.values()) {
      Worker worker = worker(mode);
      OPERATIONS.forEach(
          operation -> worker.dynamo.next(operation, new Fate.ErrorResponse(code, 400)));
      write(worker, 7);
      worker.await();

      assertThat(worker.ended).allMatch(write -> write.outcome instanceof Outcome.Applied);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"RequestTimeTooSkewed", "RequestExpired", "InvalidSignatureException"})
  void aClockThatStaysWrongIsNamed(String code) {
    Worker worker = worker(Mode.LEDGER);
    always(worker, new Fate.ErrorResponse(code, 400));
    Ended write = worker.writeAndWait("t/0/1", Write.event("e").create(PLAIN, item("c", 1, "v")));

    assertThat(write.failure)
        .isInstanceOf(SystemException.class)
        .hasMessageContaining(code)
        .hasMessageContaining("clock");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"ReplicatedWriteConflict", "SomethingThatNobodyKnows", ""})
  void aStatementsUnknownCodeIsTriedAgain(String code) {
    Worker worker = worker(Mode.LEDGER);
    worker.dynamo.next("BatchExecuteStatement", LEDGER, new Fate.StatementCode(2, code));
    worker.dynamo.next("BatchExecuteStatement", PLAIN, new Fate.StatementCode(3, code));
    write(worker, 7);
    worker.await();

    assertThat(worker.ended).allMatch(write -> write.outcome instanceof Outcome.Applied);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"ReplicatedWriteConflict", "SomethingThatNobodyKnows"})
  void anUnknownReasonOfACancellationIsTriedAgain(String code) {
    Worker worker = worker(Mode.TRANSACTIONAL);
    worker.dynamo.next("TransactWriteItems", new Fate.Cancelled(1, code));
    write(worker, 1);
    worker.await();

    assertThat(worker.ended).allMatch(write -> write.outcome instanceof Outcome.Applied);
  }

  @Test
  void aHiccupAtTheEndOfAThrottleStopsNobody() {
    Worker worker = worker(Mode.LEDGER);
    always(worker, new Fate.ErrorResponse("ThrottlingException", 400));
    Ended write = worker.write("t/0/1", Write.event("e").create(PLAIN, item("c", 1, "v")));
    worker.time.advance(Worker.DELIVERY_TIMEOUT.minusSeconds(2));
    worker.dynamo.heal();
    always(worker, new Fate.ErrorResponse("ExpiredTokenException", 400));
    worker.await();

    assertThat(write.failure).isInstanceOf(UnknownOutcomeException.class);
  }

  @Test
  void aHiccupBeforeALongQueueStopsNobody() {
    Worker worker = Worker.seeded(7, b -> b.writeBudget(LEDGER, WriteBudget.unitsPerSecond(20)));
    worker.dynamo.next(
        "BatchExecuteStatement", new Fate.ErrorResponse("InvalidSignatureException", 400));
    write(worker, 1_000);
    worker.await();

    assertThat(worker.ended).noneMatch(write -> write.failure instanceof SystemException);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aSuccessThatIsNotTheServicesIsNone(Mode mode) {
    for (SdkHttpResponse foreign :
        List.of(
            SdkHttpResponse.builder().statusCode(200).putHeader("Content-Length", "0").build(),
            SdkHttpResponse.builder().statusCode(204).build(),
            SdkHttpResponse.builder()
                .statusCode(200)
                .putHeader("Content-Type", "text/html")
                .build())) {
      Worker worker = worker(mode);
      always(worker, new Fate.Foreign(foreign));
      worker.dynamo.always("BatchGetItem", new Fate.Foreign(foreign));
      write(worker, 7);
      worker.time.advance(Worker.DELIVERY_TIMEOUT.dividedBy(6));
      assertThat(worker.ended).noneMatch(Ended::hasEnded);
      worker.dynamo.heal();
      worker.await();

      assertThat(worker.ended).allMatch(write -> write.outcome instanceof Outcome.Applied);
      assertThat(worker.dynamo.items(PLAIN)).hasSize(14);
    }
  }

  @Test
  void anEventWithACodeThatNobodyKnowsLeavesItsNeighboursAlone() {
    Worker worker = Worker.seeded(Mode.TRANSACTIONAL, 9, b -> b.maxTransactionEvents(10));
    worker.dynamo.always(
        "TransactWriteItems", new Fate.ErrorResponseIf("NobodyKnows", "poisonous"));
    for (int i = 0; i < 7; i++) {
      String value = i == 3 ? "poisonous" : "v";
      worker.write("t/0/" + i, Write.event("e" + i).create(PLAIN, item("c" + i, 1, value)));
    }
    worker.await();

    for (int i = 0; i < 7; i++) {
      assertThat(worker.ended.get(i).outcome instanceof Outcome.Applied).isEqualTo(i != 3);
    }
  }
}
