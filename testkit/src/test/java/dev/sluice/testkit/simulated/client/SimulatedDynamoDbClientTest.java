package dev.sluice.testkit.simulated.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.simulated.engine.Operation;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import dev.sluice.testkit.simulated.error.NotSimulatedError;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.InternalServerErrorException;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

class SimulatedDynamoDbClientTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  private final VirtualTime time = VirtualTime.seeded(7);
  private final SimulatedDynamoDb service = SimulatedDynamoDb.create(time.random());
  private final SimulatedDynamoDbClient client = client();

  SimulatedDynamoDbClientTest() {
    service.createTable("tab", KeyAttribute.string("id"));
  }

  private SimulatedDynamoDbClient client() {
    return new SimulatedDynamoDbClient(service, time.scheduler(), time.clock(), time.random());
  }

  private CompletableFuture<PutItemResponse> put(String id) {
    return client.putItem(putRequest(id));
  }

  private static PutItemRequest putRequest(String id) {
    return PutItemRequest.builder()
        .tableName("tab")
        .item(Map.of("id", AttributeValue.fromS(id)))
        .build();
  }

  private boolean isThere(String id) {
    return service.item("tab", Map.of("id", AttributeValue.fromS(id))).isPresent();
  }

  private static Throwable failure(CompletableFuture<?> future) {
    assertThat(future).isCompletedExceptionally();
    try {
      future.join();
      throw new AssertionError("it did not fail");
    } catch (CompletionException e) {
      return e.getCause();
    }
  }

  @Test
  void aRequestLandsHalfwayAndIsAnsweredAfterItsLatency() {
    client.mishaps(Mishaps.none().latency(Latency.fixed(Duration.ofMillis(10))));
    var put = put("a");

    time.advance(Duration.ofMillis(4));
    assertThat(isThere("a")).isFalse();
    time.advance(Duration.ofMillis(1));
    assertThat(isThere("a")).isTrue();
    assertThat(put).isNotDone();
    time.advance(Duration.ofMillis(5));
    assertThat(put).isCompleted();
  }

  @Test
  void aFaultOfTheSimulationFailsTheRequestAndTheRun() {
    var broken =
        new SimulatedDynamoDbClient(
            service,
            time.scheduler(),
            () -> {
              throw new UnsupportedOperationException("no time");
            },
            time.random());
    var put = broken.putItem(putRequest("a"));

    assertThatThrownBy(() -> time.advance(LONG)).hasMessageContaining("no time");

    assertThat(failure(put)).hasMessageContaining("no time");
  }

  @Test
  void repliesCarryTheServicesTime() {
    var put = put("a");
    time.advance(LONG);

    var date = put.join().sdkHttpResponse().firstMatchingHeader("date").orElseThrow();

    var told = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    assertThat(told).isBetween(VirtualTime.DEFAULT_START, time.now());
    assertThat(client.serviceTime()).isEqualTo(time.now());
  }

  @Test
  void errorsCarryTheServicesTimeAndTheItem() {
    var first = put("a");
    time.advance(LONG);
    var again =
        client.putItem(
            putRequest("a").toBuilder()
                .conditionExpression("attribute_not_exists(id)")
                .returnValuesOnConditionCheckFailure("ALL_OLD")
                .build());
    time.advance(LONG);

    assertThat(first).isCompleted();
    assertThat(failure(again))
        .isInstanceOfSatisfying(
            ConditionalCheckFailedException.class,
            error -> {
              assertThat(error.item()).containsKey("id");
              assertThat(error.awsErrorDetails().sdkHttpResponse().firstMatchingHeader("Date"))
                  .isPresent();
            });
  }

  @Test
  void whatFailsBeforeIsNotApplied() {
    client.next(Operation.PUT_ITEM, Fate.FAILED_BEFORE, Fate.RESET, Fate.CONFLICT, Fate.THROTTLED);
    var puts = List.of(put("a"), put("b"), put("c"), put("d"));
    time.advance(LONG);

    assertThat(service.items("tab")).isEmpty();
    assertThat(failure(puts.get(0))).isInstanceOf(InternalServerErrorException.class);
    assertThat(failure(puts.get(1))).isInstanceOf(SdkClientException.class);
    assertThat(failure(puts.get(2))).isInstanceOf(TransactionConflictException.class);
    assertThat(puts.get(3)).isCompletedExceptionally();
  }

  @Test
  void whatFailsAfterIsApplied() {
    client.next(Operation.PUT_ITEM, Fate.FAILED_AFTER, Fate.REPLY_LOST);
    var puts = List.of(put("a"), put("b"));
    time.advance(LONG);

    assertThat(service.items("tab")).hasSize(2);
    assertThat(failure(puts.get(0))).isInstanceOf(InternalServerErrorException.class);
    assertThat(failure(puts.get(1))).isInstanceOf(SdkClientException.class);
  }

  @Test
  void aLateRequestLandsAfterItsCallerGaveUp() {
    client.mishaps(Mishaps.none().lateness(Latency.fixed(Duration.ofSeconds(3))));
    client.next(Operation.PUT_ITEM, Fate.LATE);
    var put =
        client.putItem(
            putRequest("a").toBuilder()
                .overrideConfiguration(o -> o.apiCallTimeout(Duration.ofSeconds(2)))
                .build());

    time.advance(Duration.ofSeconds(2));
    assertThat(failure(put)).isInstanceOf(ApiCallTimeoutException.class);
    time.advance(Duration.ofMillis(2_999));
    assertThat(isThere("a")).isFalse();
    time.advance(Duration.ofMillis(1));
    assertThat(isThere("a")).isTrue();
  }

  @Test
  void theCallersTimeoutIsKept() {
    client.mishaps(Mishaps.none().latency(Latency.fixed(Duration.ofSeconds(9))));
    var put =
        client.putItem(
            putRequest("a").toBuilder()
                .overrideConfiguration(o -> o.apiCallTimeout(Duration.ofSeconds(2)))
                .build());
    time.advance(LONG);

    assertThat(failure(put)).isInstanceOf(ApiCallTimeoutException.class);
    assertThat(isThere("a")).isTrue();
    assertThat(client.counts()).containsEntry(Fate.TIMED_OUT, 1L);
  }

  @Test
  void someRequestsAreNeverAnswered() {
    client.next(Operation.PUT_ITEM, Fate.SILENT, Fate.SILENT_APPLIED);
    var puts = List.of(put("a"), put("b"));
    time.advance(LONG);

    assertThat(puts).noneMatch(CompletableFuture::isDone);
    assertThat(isThere("a")).isFalse();
    assertThat(isThere("b")).isTrue();
  }

  @Test
  void whatIsUnprocessedIsNotAppliedAndTheRestIs() {
    client.mishaps(Mishaps.none().chance(Fate.PARTLY, Operation.BATCH_WRITE_ITEM, 1));
    var requests =
        IntStream.range(0, 23)
            .mapToObj(i -> Map.of("id", AttributeValue.fromS("id" + i)))
            .map(item -> WriteRequest.builder().putRequest(p -> p.item(item)).build())
            .toList();
    var batch =
        client.batchWriteItem(
            BatchWriteItemRequest.builder().requestItems(Map.of("tab", requests)).build());
    time.advance(LONG);

    var left = batch.join().unprocessedItems().get("tab");
    assertThat(left).isNotEmpty().hasSizeLessThan(23);
    assertThat(service.items("tab")).hasSize(23 - left.size());
    assertThat(left)
        .allSatisfy(
            write -> assertThat(isThere(write.putRequest().item().get("id").s())).isFalse());
  }

  @Test
  void statementsWithoutAnErrorAreExecuted() {
    client.next(Operation.BATCH_EXECUTE_STATEMENT, Fate.STATEMENT_ERRORS);
    var statements =
        IntStream.range(0, 23)
            .mapToObj(i -> AttributeValue.fromS("id" + i))
            .map(
                id ->
                    BatchStatementRequest.builder()
                        .statement("INSERT INTO \"tab\" VALUE {'id': ?}")
                        .parameters(id)
                        .build())
            .toList();
    var batch =
        client.batchExecuteStatement(
            BatchExecuteStatementRequest.builder().statements(statements).build());
    time.advance(LONG);

    var responses = batch.join().responses();
    assertThat(responses).hasSize(23).anyMatch(each -> each.error() != null);
    for (int i = 0; i < 23; i++) {
      if (responses.get(i).error() == null) {
        assertThat(isThere("id" + i)).isTrue();
      }
    }
  }

  @Test
  void theDeadGetNoRepliesAndSendNothing() {
    var put = put("a");
    client.crash();
    var later = put("b");
    time.advance(LONG);

    assertThat(put).isNotDone();
    assertThat(later).isNotDone();
    assertThat(isThere("b")).isFalse();
    assertThat(client.counts()).containsEntry(Fate.UNSENT, 1L);
  }

  @Test
  void whatTheDeadHaveSentLandsOrNot() {
    for (double chance : new double[] {0, 1}) {
      var worker = client();
      worker.mishaps(Mishaps.none().landingAfterCrash(chance));
      var put = worker.putItem(putRequest("chance" + chance));
      worker.crash();
      time.advance(LONG);

      assertThat(put).isNotDone();
      assertThat(isThere("chance" + chance)).isEqualTo(chance == 1);
      assertThat(worker.counts())
          .containsEntry(chance == 1 ? Fate.LANDED_AFTER_CRASH : Fate.LOST_IN_CRASH, 1L);
    }
  }

  @Test
  void theSameSeedIsTheSameRun() {
    assertThat(run(3)).isEqualTo(run(3)).isNotEqualTo(run(4));
  }

  private static List<Object> run(long seed) {
    var time = VirtualTime.seeded(seed);
    var service = SimulatedDynamoDb.create(time.random());
    service.createTable("tab", KeyAttribute.string("id"));
    var client =
        new SimulatedDynamoDbClient(service, time.scheduler(), time.clock(), time.random());
    client.mishaps(
        Mishaps.none()
            .latency(Latency.longTail(Duration.ofMillis(5), Duration.ofMillis(50)))
            .chance(Fate.REPLY_LOST, 0.2)
            .chance(Fate.LATE, 0.2));
    List<Object> log = new ArrayList<>();
    for (int i = 0; i < 101; i++) {
      int number = i;
      var unused =
          client
              .putItem(putRequest("id" + i))
              .whenComplete((done, failure) -> log.add(List.of(number, time.now(), done == null)));
    }
    time.advance(LONG);
    log.add(service.items("tab"));
    return log;
  }

  @Test
  void whatIsNotSimulatedStopsTheSimulation() {
    var put =
        client.putItem(putRequest("a").toBuilder().conditionExpression("size(id) = :one").build());

    assertThatThrownBy(() -> time.advance(LONG)).hasCauseInstanceOf(NotSimulatedError.class);
    assertThat(put).isCompletedExceptionally();
  }
}
