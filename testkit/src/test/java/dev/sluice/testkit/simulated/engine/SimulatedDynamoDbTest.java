package dev.sluice.testkit.simulated.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.simulated.error.NotSimulatedError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.IdempotentParameterMismatchException;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.UpdateTimeToLiveRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

class SimulatedDynamoDbTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final SimulatedDynamoDb service = SimulatedDynamoDb.create(new SplittableRandom(5));

  SimulatedDynamoDbTest() {
    service.createTable("tab", KeyAttribute.string("id"));
  }

  private static Map<String, AttributeValue> key(String id) {
    return Map.of("id", AttributeValue.fromS(id));
  }

  private static Map<String, AttributeValue> item(String id, String name, AttributeValue value) {
    return Map.of("id", AttributeValue.fromS(id), name, value);
  }

  private static Map<String, AttributeValue> sized(String id, int bytes) {
    return item(id, "content", AttributeValue.fromS("x".repeat(bytes)));
  }

  private PutItemResponse put(Map<String, AttributeValue> item) {
    return (PutItemResponse) service.execute(putRequest(item).build(), NOW);
  }

  private static PutItemRequest.Builder putRequest(Map<String, AttributeValue> item) {
    return PutItemRequest.builder().tableName("tab").item(item).returnConsumedCapacity("TOTAL");
  }

  private boolean holds(String condition, Map<String, AttributeValue> values) {
    var request = putRequest(item("x", "seen", AttributeValue.fromBool(true)));
    request.conditionExpression(condition);
    request.expressionAttributeValues(values.isEmpty() ? null : values);
    try {
      service.execute(request.build(), NOW);
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
    }
  }

  @Test
  void numbersAreKeptInTheirNormalForm() {
    put(item("a", "n", AttributeValue.fromN("2.50")));
    put(item("b", "n", AttributeValue.fromNs(List.of("1e3", "-0.10"))));

    assertThat(service.item("tab", key("a")).orElseThrow().get("n").n()).isEqualTo("2.5");
    assertThat(service.item("tab", key("b")).orElseThrow().get("n").ns())
        .containsExactlyInAnyOrder("1000", "-0.1");
  }

  @Test
  void aClaimStandsUntilItExpiresForAnotherSource() {
    put(Map.of("id", AttributeValue.fromS("x"), "src", AttributeValue.fromS("one")));
    assertThat(
            holds(
                "attribute_not_exists(id) OR (expireAt < :now AND src <> :mine)",
                Map.of(":now", AttributeValue.fromN("100"), ":mine", AttributeValue.fromS("two"))))
        .as("without an expiry no comparison with it holds")
        .isFalse();
  }

  @Test
  void numbersCompareByValueAndTypesNeverMeet() {
    put(item("x", "n", AttributeValue.fromN("9")));
    assertThat(holds("n < :v", Map.of(":v", AttributeValue.fromS("a")))).isFalse();
    assertThat(holds("n > :v", Map.of(":v", AttributeValue.fromN("10")))).isFalse();
    assertThat(holds("n < :v", Map.of(":v", AttributeValue.fromN("1e1")))).isTrue();
  }

  @Test
  void expiredItemsStayUntilTheyAreDeleted() {
    service.execute(
        UpdateTimeToLiveRequest.builder()
            .tableName("tab")
            .timeToLiveSpecification(ttl -> ttl.attributeName("exp").enabled(true))
            .build(),
        NOW);
    long now = NOW.getEpochSecond();
    put(item("past", "exp", AttributeValue.fromN(Long.toString(now - 1))));
    put(item("future", "exp", AttributeValue.fromN(Long.toString(now + 1))));
    put(item("ancient", "exp", AttributeValue.fromN("5")));
    put(item("text", "exp", AttributeValue.fromS("1")));
    assertThat(service.items("tab")).hasSize(4);

    assertThat(service.expire("tab", NOW, item -> false)).isZero();
    assertThat(service.expire("tab", NOW)).isEqualTo(1);

    assertThat(service.item("tab", key("past"))).isEmpty();
    assertThat(service.items("tab")).hasSize(3);
  }

  @Test
  void onlyEventuallyConsistentReadsAreStaleAndOnlyForAWhile() {
    service.staleReads(1, Duration.ofSeconds(1));
    service.createTable("lagging", KeyAttribute.string("id"));
    var request = PutItemRequest.builder().tableName("lagging").item(key("a")).build();
    service.execute(request, NOW);

    assertThat(sees(false, NOW)).isFalse();
    assertThat(sees(true, NOW)).isTrue();
    assertThat(sees(false, NOW.plusSeconds(2))).isTrue();
  }

  private boolean sees(boolean consistent, Instant now) {
    var get =
        GetItemRequest.builder().tableName("lagging").key(key("a")).consistentRead(consistent);
    return ((GetItemResponse) service.execute(get.build(), now)).hasItem();
  }

  private static TransactWriteItemsRequest transaction(String token, String... ids) {
    return TransactWriteItemsRequest.builder()
        .clientRequestToken(token)
        .transactItems(
            Stream.of(ids)
                .map(
                    id ->
                        TransactWriteItem.builder()
                            .put(
                                put ->
                                    put.tableName("tab")
                                        .item(key(id))
                                        .conditionExpression("attribute_not_exists(id)")
                                        .returnValuesOnConditionCheckFailure("ALL_OLD"))
                            .build())
                .toList())
        .build();
  }

  @Test
  void aTransactionIsAllOrNothingAndNamesItsReasonsInOrder() {
    put(sized("b", 10));

    var cancelled =
        catchThrowableOfType(
            TransactionCanceledException.class,
            () -> service.execute(transaction(null, "a", "b", "c"), NOW));

    assertThat(cancelled.cancellationReasons())
        .extracting(CancellationReason::code)
        .containsExactly("None", "ConditionalCheckFailed", "None");
    assertThat(cancelled.cancellationReasons().get(1).item()).containsKey("content");
    assertThat(service.items("tab")).hasSize(1);
  }

  @Test
  void anInvalidItemCancelsATransactionOrRefusesItWhole() {
    var invalid = Map.of("id", AttributeValue.fromN("1"));
    var transaction =
        transaction(null, "a").toBuilder()
            .transactItems(
                TransactWriteItem.builder().put(p -> p.tableName("tab").item(invalid)).build())
            .build();

    assertThatThrownBy(() -> service.execute(transaction, NOW))
        .isInstanceOf(TransactionCanceledException.class);
    service.refuseInvalidTransactions(true);
    assertThatThrownBy(() -> service.execute(transaction, NOW)).satisfies(this::isValidation);
  }

  @Test
  void aTokenMakesATransactionIdempotentForTenMinutes() {
    service.execute(transaction("token", "a"), NOW);
    double units = service.usage("tab").writeUnits();
    assertThat(units).isEqualTo(2);

    service.execute(transaction("token", "a"), NOW.plus(Duration.ofMinutes(9)));
    assertThat(service.usage("tab").writeUnits()).isEqualTo(units);
    assertThatThrownBy(() -> service.execute(transaction("token", "b"), NOW))
        .isInstanceOf(IdempotentParameterMismatchException.class);
    assertThatThrownBy(
            () -> service.execute(transaction("token", "a"), NOW.plus(Duration.ofMinutes(10))))
        .isInstanceOf(TransactionCanceledException.class);
  }

  @Test
  void anItemTwiceInABatchIsRefused() {
    var twice = WriteRequest.builder().putRequest(p -> p.item(key("a"))).build();
    var write = BatchWriteItemRequest.builder().requestItems(Map.of("tab", List.of(twice, twice)));
    var insert =
        BatchStatementRequest.builder()
            .statement("INSERT INTO \"tab\" VALUE {'id': ?}")
            .parameters(AttributeValue.fromS("a"))
            .build();
    var statements = BatchExecuteStatementRequest.builder().statements(insert, insert);

    assertThatThrownBy(() -> service.execute(write.build(), NOW)).satisfies(this::isValidation);
    assertThatThrownBy(() -> service.execute(statements.build(), NOW))
        .satisfies(this::isValidation);
    assertThatThrownBy(() -> service.execute(transaction(null, "a", "a"), NOW))
        .satisfies(this::isValidation);
    assertThat(service.items("tab")).isEmpty();
  }

  private void isValidation(Throwable thrown) {
    assertThat(thrown)
        .isInstanceOfSatisfying(
            DynamoDbException.class,
            e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("ValidationException"));
  }

  @Test
  void queriesGoPageByPageInTheOrderOfTheSortKey() {
    service.createTable("sorted", KeyAttribute.string("id"), KeyAttribute.number("sk"));
    for (var sort : List.of("10", "9", "-1", "100", "2.5")) {
      var item = item("a", "sk", AttributeValue.fromN(sort));
      service.execute(PutItemRequest.builder().tableName("sorted").item(item).build(), NOW);
    }
    var query =
        QueryRequest.builder()
            .tableName("sorted")
            .keyConditionExpression("id = :id AND sk > :low")
            .expressionAttributeValues(
                Map.of(":id", AttributeValue.fromS("a"), ":low", AttributeValue.fromN("0")))
            .limit(3);

    var first = (QueryResponse) service.execute(query.build(), NOW);
    var second =
        (QueryResponse)
            service.execute(query.exclusiveStartKey(first.lastEvaluatedKey()).build(), NOW);

    assertThat(first.items()).extracting(i -> i.get("sk").n()).containsExactly("2.5", "9", "10");
    assertThat(second.items()).extracting(i -> i.get("sk").n()).containsExactly("100");
    assertThat(second.hasLastEvaluatedKey()).isFalse();
  }

  @Test
  void aScanInPagesFindsEveryItemOnce() {
    for (int i = 0; i < 101; i++) {
      put(key("k" + i));
    }
    var scan = ScanRequest.builder().tableName("tab").limit(7);
    int found = 0;
    int pages = 0;
    ScanResponse page;
    do {
      page = (ScanResponse) service.execute(scan.build(), NOW);
      found += page.count();
      pages++;
      scan.exclusiveStartKey(page.lastEvaluatedKey());
    } while (page.hasLastEvaluatedKey());

    assertThat(found).isEqualTo(101);
    assertThat(pages).isEqualTo(15);
  }

  @Test
  void whatIsNotSimulatedIsRefusedLoudly() {
    var query = QueryRequest.builder().tableName("tab").indexName("index").build();
    assertThatThrownBy(() -> service.execute(query, NOW)).isInstanceOf(NotSimulatedError.class);
    var statement =
        BatchExecuteStatementRequest.builder()
            .statements(BatchStatementRequest.builder().statement("DELETE FROM t").build())
            .build();
    assertThatThrownBy(() -> service.execute(statement, NOW)).isInstanceOf(NotSimulatedError.class);
  }

  @Test
  void requestsAreCountedByOperation() {
    put(key("a"));
    put(key("b"));
    assertThat(service.requests()).containsExactly(Map.entry(Operation.PUT_ITEM, 2L));
  }
}
