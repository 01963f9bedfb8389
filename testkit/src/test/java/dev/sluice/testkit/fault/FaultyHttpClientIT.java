package dev.sluice.testkit.fault;

import static dev.sluice.testkit.dynamodb.KeyAttribute.string;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.junit.EmbeddedServers;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementErrorCodeEnum;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.InternalServerErrorException;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

@ExtendWith(EmbeddedServers.class)
class FaultyHttpClientIT {

  private static final String TABLE = "table";
  private static final Duration LONG = Duration.ofSeconds(15);
  private static final Duration SHORT = Duration.ofMillis(300);

  private final EmbeddedDynamoDb dynamo;
  private final FaultyHttpClient http =
      FaultyHttpClient.around(EmbeddedDynamoDb.httpClientBuilder().build());
  private final DynamoDbAsyncClient client;

  FaultyHttpClientIT(EmbeddedDynamoDb dynamo) {
    this.dynamo = dynamo;
    this.client = dynamo.clientBuilder().httpClient(http).build();
  }

  @BeforeEach
  void createTable() {
    dynamo.createTable(TABLE, string("id"));
  }

  @AfterEach
  void deleteTable() {
    client.close();
    http.close();
    dynamo.deleteTable(TABLE);
  }

  @Test
  void withoutFaultsEverythingPasses() {
    put("a").join();
    assertThat(stored()).containsExactly("a");
    assertThat(client.listTables().join().tableNames()).contains(TABLE);
  }

  @Test
  void aFailureBeforeSendingHasNoEffect() {
    http.failNext("PutItem", Fault.failBeforeSending());

    assertThatThrownBy(() -> put("a").join())
        .hasCauseInstanceOf(SdkClientException.class)
        .hasRootCauseInstanceOf(IOException.class);
    assertThat(stored()).isEmpty();
  }

  @Test
  void lostReplyHasStillTakenEffect() {
    http.failNext("PutItem", Fault.loseReply());

    assertThatThrownBy(() -> put("a").join()).hasRootCauseInstanceOf(IOException.class);
    assertThat(stored()).containsExactly("a");
  }

  @Test
  void aSwallowedRequestHasNoEffectAndEndsWithTheCallersTimeout() {
    http.failNext("PutItem", Fault.swallowRequest());

    assertThatThrownBy(() -> put("a", SHORT).join())
        .hasCauseInstanceOf(ApiCallTimeoutException.class);
    assertThat(stored()).isEmpty();
  }

  @Test
  void aSwallowedReplyEndsWithTheCallersTimeoutAndHasTakenEffect() {
    http.failNext("PutItem", Fault.swallowReply());

    assertThatThrownBy(() -> put("a", Duration.ofSeconds(1)).join())
        .hasCauseInstanceOf(ApiCallTimeoutException.class);
    assertThat(stored()).containsExactly("a");
  }

  @Test
  void aDelayedReplyHasTakenEffectBeforeItArrives() {
    var gate = new Gate();
    http.failNext("PutItem", Fault.delayReply(gate));

    var put = put("a");
    gate.awaitArrivals(1, LONG);

    assertThat(stored()).containsExactly("a");
    assertThat(put).isNotDone();
    gate.release().join();
    put.join();
    assertThat(gate.held()).isZero();
  }

  @Test
  void aDelayedRequestHasNoEffectBeforeTheGateOpens() {
    var gate = new Gate();
    http.failNext("PutItem", Fault.delayRequest(gate));

    var put = put("a");
    gate.awaitArrivals(1, LONG);

    assertThat(stored()).isEmpty();
    gate.release().join();
    assertThat(stored()).containsExactly("a");
    put.join();
  }

  @Test
  void aDelayedRequestLandsAfterTheCallerGaveUp() {
    var gate = new Gate();
    http.failNext("PutItem", Fault.delayRequest(gate));

    assertThatThrownBy(() -> put("a", SHORT).join())
        .hasCauseInstanceOf(ApiCallTimeoutException.class);
    gate.release().join();

    assertThat(stored()).containsExactly("a");
  }

  @Test
  void aDelayedRequestLandsAfterTheCallerCrashed() {
    var gate = new Gate();
    http.failNext("PutItem", Fault.delayRequest(gate));
    var put = put("a");
    gate.awaitArrivals(1, LONG);

    http.crash();

    assertThatThrownBy(put::join).hasRootCauseInstanceOf(IOException.class);
    gate.release().join();
    assertThat(stored()).containsExactly("a");
  }

  @Test
  void anOpenGateLetsEverythingThrough() {
    var gate = new Gate();
    gate.release().join();
    http.always(request -> Fault.delayRequest(gate));
    put("a").join();
    assertThat(stored()).containsExactly("a");
  }

  @Test
  void forgedErrorsAreTheSdksExceptions() {
    http.failNext(
        "PutItem",
        Fault.throttle(),
        Fault.internalServerError(),
        Fault.serviceUnavailable(),
        Fault.error(400, "TransactionConflictException", "busy"));

    assertThatThrownBy(() -> put("a").join())
        .hasCauseInstanceOf(ProvisionedThroughputExceededException.class);
    assertThatThrownBy(() -> put("a").join())
        .hasCauseInstanceOf(InternalServerErrorException.class);
    assertThatThrownBy(() -> put("a").join())
        .cause()
        .isInstanceOfSatisfying(
            DynamoDbException.class, e -> assertThat(e.statusCode()).isEqualTo(503));
    assertThatThrownBy(() -> put("a").join())
        .hasCauseInstanceOf(TransactionConflictException.class)
        .hasMessageContaining("busy");
    assertThat(stored()).isEmpty();
  }

  @Test
  void aMalformedReplyFailsTheCall() {
    http.failNext("PutItem", Fault.reply(200, "{\"Attributes\":{"));
    assertThatThrownBy(() -> put("a").join()).hasCauseInstanceOf(SdkClientException.class);
  }

  @Test
  void chosenItemsComeBackUnprocessedAndTheOthersAreApplied() {
    http.failNext("BatchWriteItem", Fault.unprocessed(Entries.at(0, 2)));

    var reply = batchWrite("a", "b", "c", "d", "e");

    assertThat(unprocessed(reply)).containsExactly("a", "c");
    assertThat(stored()).containsExactlyInAnyOrder("b", "d", "e");
  }

  @Test
  void itemsComeBackByWhatTheyContain() {
    http.always(request -> Fault.unprocessed(Entries.containing("\"hot\"")));

    var reply = batchWrite("hot", "cold");

    assertThat(unprocessed(reply)).containsExactly("hot");
    assertThat(stored()).containsExactly("cold");
  }

  @Test
  void allItemsMayComeBack() {
    http.failNext("BatchWriteItem", Fault.unprocessed(Entries.all()));

    assertThat(unprocessed(batchWrite("a", "b"))).containsExactly("a", "b");
    assertThat(stored()).isEmpty();
  }

  @Test
  void unprocessedItemsMayBeOfSeveralTables() {
    dynamo.createTable("second", string("id"));
    try {
      http.failNext("BatchWriteItem", Fault.unprocessed(Entries.after(1)));
      var reply =
          client
              .batchWriteItem(
                  batch ->
                      batch.requestItems(
                          Map.of(TABLE, List.of(write("a")), "second", List.of(write("a")))))
              .join();
      assertThat(reply.unprocessedItems()).hasSize(1);
      assertThat(stored().size() + dynamo.items("second").size()).isEqualTo(1);
    } finally {
      dynamo.deleteTable("second");
    }
  }

  @Test
  void chosenStatementsFailInTheirPlacesAndTheOthersAreExecuted() {
    put("c").join();
    http.failNext(
        "BatchExecuteStatement", Fault.statementErrors("ThrottlingError", Entries.at(0, 3)));

    var reply = insert("a", "b", "c", "d", "e");

    assertThat(codes(reply))
        .containsExactly(
            BatchStatementErrorCodeEnum.THROTTLING_ERROR,
            null,
            BatchStatementErrorCodeEnum.DUPLICATE_ITEM,
            BatchStatementErrorCodeEnum.THROTTLING_ERROR,
            null);
    assertThat(stored()).containsExactlyInAnyOrder("b", "c", "e");
  }

  @Test
  void allStatementsMayFail() {
    http.failNext(
        "BatchExecuteStatement", Fault.statementErrors("InternalServerError", Entries.all()));

    assertThat(codes(insert("a", "b")))
        .containsOnly(BatchStatementErrorCodeEnum.INTERNAL_SERVER_ERROR)
        .hasSize(2);
    assertThat(stored()).isEmpty();
  }

  @Test
  void aFaultForAnotherOperationFailsTheCall() {
    http.failNext("PutItem", Fault.unprocessed(Entries.all()));
    assertThatThrownBy(() -> put("a").join())
        .hasRootCauseMessage("this fault is for BatchWriteItem, not for PutItem");
  }

  @Test
  void aPolicyThatThrowsFailsTheCall() {
    http.always(
        request -> {
          throw new IllegalStateException("oops");
        });
    assertThatThrownBy(() -> put("a").join()).hasRootCauseMessage("oops");
  }

  @Test
  void scriptedFaultsComeBeforeThePolicyOncePerRequest() {
    http.always(
        request -> request.body().contains("\"a\"") ? Fault.failBeforeSending() : Fault.none());
    http.failNext("PutItem", Fault.none(), Fault.throttle());

    put("a").join();
    assertThatThrownBy(() -> put("b").join())
        .hasCauseInstanceOf(ProvisionedThroughputExceededException.class);
    assertThatThrownBy(() -> put("a").join()).hasRootCauseInstanceOf(IOException.class);
    put("b").join();

    http.reset();
    put("a").join();
  }

  @Test
  void everyRequestIsRecordedInItsOrder() {
    http.failNext("PutItem", Fault.failBeforeSending());
    assertThatThrownBy(() -> put("a").join()).isNotNull();
    client.listTables().join();
    put("b").join();

    assertThat(http.requests())
        .extracting(RequestView::operation)
        .containsExactly("PutItem", "ListTables", "PutItem");
    assertThat(http.requests()).extracting(RequestView::number).containsExactly(1L, 2L, 3L);
    assertThat(http.requests("PutItem"))
        .extracting(RequestView::body)
        .satisfiesExactly(
            first -> assertThat(first).contains("\"a\""),
            second -> assertThat(second).contains("\"b\""));
    http.clearRequests();
    assertThat(http.requests()).isEmpty();
  }

  @Test
  void awaitingMoreRequestsThanComeFailsTheTest() {
    put("a").join();
    http.awaitRequests("PutItem", 1, LONG);
    assertThatThrownBy(() -> http.awaitRequests("PutItem", 2, Duration.ofMillis(10)))
        .isInstanceOf(AssertionError.class)
        .hasMessage("1 PutItem seen, not 2 within PT0.01S");
  }

  @Test
  void aCrashFailsWhatIsPendingAndAllThatFollows() {
    http.failNext("PutItem", Fault.swallowRequest());
    var pending = put("a");
    http.awaitRequests("PutItem", 1, LONG);

    http.crash();

    assertThatThrownBy(pending::join).hasRootCauseInstanceOf(IOException.class);
    assertThatThrownBy(() -> put("b").join()).hasRootCauseInstanceOf(IOException.class);
    assertThat(stored()).isEmpty();
    assertThat(http.requests()).hasSize(1);
    http.reset();
    put("c").join();
  }

  @Test
  void aHangSilencesWhatIsPendingAndAllThatFollowsUntilTheCrash() {
    var gate = new Gate();
    http.failNext("PutItem", Fault.delayReply(gate));
    var pending = put("a");
    gate.awaitArrivals(1, LONG);

    http.hang();
    gate.release().join();
    var following = put("b");

    assertThatThrownBy(() -> put("c", SHORT).join())
        .hasCauseInstanceOf(ApiCallTimeoutException.class);
    assertThat(pending).isNotDone();
    assertThat(following).isNotDone();
    http.crash();
    assertThatThrownBy(pending::join).hasRootCauseInstanceOf(IOException.class);
    assertThatThrownBy(following::join).hasRootCauseInstanceOf(IOException.class);
    assertThat(stored()).containsExactly("a");
  }

  @Test
  void closingFailsWhatIsPending() {
    http.always(request -> Fault.swallowRequest());
    var pending = put("a");
    http.awaitRequests("PutItem", 1, LONG);

    http.close();

    assertThatThrownBy(pending::join).hasRootCauseInstanceOf(IOException.class);
  }

  @Test
  void manyRequestsAtOnceAllEndAndNoEffectIsInvented() {
    http.always(
        FaultPolicy.sometimes(
            new SplittableRandom(3),
            0.3,
            Fault.failBeforeSending(),
            Fault.loseReply(),
            Fault.throttle()));

    var puts = IntStream.range(0, 101).mapToObj(i -> put("item-" + i)).toList();
    var succeeded =
        IntStream.range(0, 101)
            .filter(i -> puts.get(i).handle((reply, failure) -> failure == null).join())
            .mapToObj(i -> "item-" + i)
            .toList();

    assertThat(succeeded).isNotEmpty().hasSizeLessThan(101);
    assertThat(stored()).containsAll(succeeded);
    assertThat(http.requests("PutItem")).hasSize(101);
  }

  private CompletableFuture<PutItemResponse> put(String id) {
    return put(id, LONG);
  }

  private CompletableFuture<PutItemResponse> put(String id, Duration timeout) {
    return client.putItem(
        put ->
            put.tableName(TABLE)
                .item(item(id))
                .overrideConfiguration(
                    call -> call.apiCallTimeout(timeout).apiCallAttemptTimeout(LONG)));
  }

  private BatchWriteItemResponse batchWrite(String... ids) {
    var writes = Stream.of(ids).map(FaultyHttpClientIT::write).toList();
    return client.batchWriteItem(batch -> batch.requestItems(Map.of(TABLE, writes))).join();
  }

  private BatchExecuteStatementResponse insert(String... ids) {
    var statements =
        Stream.of(ids)
            .map(
                id ->
                    BatchStatementRequest.builder()
                        .statement("INSERT INTO \"" + TABLE + "\" VALUE {'id': ?}")
                        .parameters(AttributeValue.fromS(id))
                        .build())
            .toList();
    return client.batchExecuteStatement(batch -> batch.statements(statements)).join();
  }

  private static List<BatchStatementErrorCodeEnum> codes(BatchExecuteStatementResponse reply) {
    return reply.responses().stream()
        .map(r -> r.error() == null ? null : r.error().code())
        .toList();
  }

  private static List<String> unprocessed(BatchWriteItemResponse reply) {
    return reply.unprocessedItems().get(TABLE).stream()
        .map(write -> write.putRequest().item().get("id").s())
        .toList();
  }

  private static WriteRequest write(String id) {
    return WriteRequest.builder().putRequest(put -> put.item(item(id))).build();
  }

  private static Map<String, AttributeValue> item(String id) {
    return Map.of("id", AttributeValue.fromS(id), "payload", AttributeValue.fromN("7"));
  }

  private List<String> stored() {
    return dynamo.items(TABLE).stream().map(item -> item.get("id").s()).toList();
  }
}
