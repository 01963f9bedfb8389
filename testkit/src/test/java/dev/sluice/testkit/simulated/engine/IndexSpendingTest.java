package dev.sluice.testkit.simulated.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.simulated.error.NotSimulatedError;
import dev.sluice.testkit.simulated.throughput.Throughput;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ThrottlingException;
import software.amazon.awssdk.services.dynamodb.model.ThrottlingReason;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** What writes cost the indexes of their table, and that an index may slow its table. */
@SuppressWarnings("unchecked") // The SDK's varargs of consumers.
class IndexSpendingTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final String TABLE = "tab";
  private static final String INDEX = "by-color";

  private final SimulatedDynamoDb service = SimulatedDynamoDb.create();

  IndexSpendingTest() {
    service.createTable(
        CreateTableRequest.builder()
            .tableName(TABLE)
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .attributeDefinitions(
                Stream.of("id", "sk", "color", "rank")
                    .map(
                        name ->
                            AttributeDefinition.builder()
                                .attributeName(name)
                                .attributeType("S")
                                .build())
                    .toList())
            .keySchema(
                id -> id.attributeName("id").keyType(KeyType.HASH),
                sk -> sk.attributeName("sk").keyType(KeyType.RANGE))
            .globalSecondaryIndexes(
                index ->
                    index
                        .indexName(INDEX)
                        .keySchema(color -> color.attributeName("color").keyType(KeyType.HASH))
                        .projection(
                            named ->
                                named
                                    .projectionType(ProjectionType.INCLUDE)
                                    .nonKeyAttributes("seen")))
            .localSecondaryIndexes(
                index ->
                    index
                        .indexName("by-rank")
                        .keySchema(
                            id -> id.attributeName("id").keyType(KeyType.HASH),
                            rank -> rank.attributeName("rank").keyType(KeyType.RANGE))
                        .projection(keys -> keys.projectionType(ProjectionType.KEYS_ONLY)))
            .build());
  }

  private static Map<String, AttributeValue> item(String id, String... attributes) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put("id", AttributeValue.fromS(id));
    item.put("sk", AttributeValue.fromS("1"));
    for (int i = 0; i < attributes.length; i += 2) {
      item.put(attributes[i], AttributeValue.fromS(attributes[i + 1]));
    }
    return item;
  }

  private static PutItemRequest.Builder put(Map<String, AttributeValue> item) {
    return PutItemRequest.builder().tableName(TABLE).item(item);
  }

  private double unitsOfIndex(Map<String, AttributeValue> item) {
    double before = service.usage(TABLE, INDEX).writeUnits();
    service.execute(put(item).build(), NOW);
    return service.usage(TABLE, INDEX).writeUnits() - before;
  }

  private static String big(char of) {
    return String.valueOf(of).repeat(1_500);
  }

  @Test
  void anIndexIsChargedForWhatChangesInIt() {
    assertThat(unitsOfIndex(item("a"))).isZero();
    assertThat(unitsOfIndex(item("a", "color", "red", "seen", big('x')))).isEqualTo(2);
    assertThat(unitsOfIndex(item("a", "color", "red", "seen", big('x'), "other", "y"))).isZero();
    assertThat(unitsOfIndex(item("a", "color", "red", "seen", big('y')))).isEqualTo(2);
    assertThat(unitsOfIndex(item("a", "color", "red", "seen", "x"))).isEqualTo(2);
    assertThat(unitsOfIndex(item("a", "color", "red", "seen", big('x')))).isEqualTo(2);
    assertThat(unitsOfIndex(item("a", "color", "blue", "seen", big('x')))).isEqualTo(4);
    assertThat(unitsOfIndex(item("a", "seen", big('x')))).isEqualTo(2);
  }

  @Test
  void aLocalIndexIsPaidByItsTable() {
    service.execute(put(item("a", "rank", "one")).build(), NOW);

    assertThat(service.usage(TABLE).writeUnits()).isEqualTo(2);
    assertThatThrownBy(() -> service.usage(TABLE, "by-rank"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aFailedConditionCostsNoIndexAnything() {
    service.execute(put(item("a", "color", "red")).build(), NOW);
    double before = service.usage(TABLE, INDEX).writeUnits();
    var again = put(item("a", "color", "blue")).conditionExpression("attribute_not_exists(id)");

    assertThatThrownBy(() -> service.execute(again.build(), NOW))
        .isInstanceOf(ConditionalCheckFailedException.class);

    assertThat(service.usage(TABLE, INDEX).writeUnits()).isEqualTo(before);
  }

  private static TransactWriteItemsRequest transaction(List<Map<String, AttributeValue>> items) {
    return TransactWriteItemsRequest.builder()
        .returnConsumedCapacity("INDEXES")
        .transactItems(
            items.stream()
                .map(
                    item ->
                        TransactWriteItem.builder()
                            .put(put -> put.tableName(TABLE).item(item))
                            .build())
                .toList())
        .build();
  }

  @Test
  void aTransactionDoublesTheUnitsOfItsTableOnly() {
    var transaction = transaction(List.of(item("a", "color", "red", "rank", "one")));

    var response = (TransactWriteItemsResponse) service.execute(transaction, NOW);

    var capacity = response.consumedCapacity().get(0);
    assertThat(capacity.table().capacityUnits()).isEqualTo(2);
    assertThat(capacity.globalSecondaryIndexes().get(INDEX).capacityUnits()).isEqualTo(1);
    assertThat(capacity.localSecondaryIndexes().get("by-rank").capacityUnits()).isEqualTo(1);
    assertThat(capacity.capacityUnits()).isEqualTo(4);
  }

  /** One key of the index takes so many units; other keys are in other partitions. */
  private void limitKeys(double units) {
    service.limit(
        TABLE,
        INDEX,
        Throughput.onDemand(1_009).withPartitionUnits(units, units).withBurst(SECOND),
        NOW);
  }

  @Test
  void aHotKeyOfAnIndexThrottlesTheWritesThatHaveIt() {
    limitKeys(1);
    service.execute(put(item("a", "color", "red")).build(), NOW);

    assertThatThrownBy(() -> service.execute(put(item("b", "color", "red")).build(), NOW))
        .isInstanceOfSatisfying(
            ThrottlingException.class,
            e -> {
              ThrottlingReason reason = e.throttlingReasons().get(0);
              assertThat(reason.reason()).isEqualTo("IndexWriteKeyRangeThroughputExceeded");
              assertThat(reason.resource()).endsWith(":table/tab/index/by-color");
            });
    service.execute(put(item("c", "color", "blue")).build(), NOW);
    service.execute(put(item("d")).build(), NOW);
    assertThat(service.items(TABLE)).hasSize(3);
    assertThat(service.usage(TABLE, INDEX).throttledWriteUnits()).isEqualTo(1);
    assertThat(service.usage(TABLE).writeUnits()).as("nothing of it is made").isEqualTo(3);
  }

  @Test
  void anIndexWithTooFewUnitsThrottlesItsTable() {
    service.limit(TABLE, INDEX, Throughput.provisioned(1, 1, 1).withBurst(SECOND), NOW);
    service.execute(put(item("a", "color", "red")).build(), NOW);

    assertThatThrownBy(() -> service.execute(put(item("b", "color", "blue")).build(), NOW))
        .isInstanceOfSatisfying(
            ProvisionedThroughputExceededException.class,
            e ->
                assertThat(e.throttlingReasons().get(0).reason())
                    .isEqualTo("IndexWriteProvisionedThroughputExceeded"));

    service.unlimit(TABLE, INDEX);
    service.execute(put(item("b", "color", "blue")).build(), NOW);
  }

  @Test
  void whatAnIndexThrottlesInABatchIsLeftUnprocessed() {
    limitKeys(3);
    var requests =
        IntStream.range(0, 11)
            .mapToObj(i -> item("k" + i, "color", i % 2 == 0 ? "red" : "color" + i))
            .map(item -> WriteRequest.builder().putRequest(put -> put.item(item)).build())
            .toList();
    var batch = BatchWriteItemRequest.builder().requestItems(Map.of(TABLE, requests)).build();

    var response = (BatchWriteItemResponse) service.execute(batch, NOW);

    assertThat(response.unprocessedItems().get(TABLE))
        .hasSize(3)
        .allMatch(left -> left.putRequest().item().get("color").s().equals("red"));
  }

  @Test
  void whatAnIndexThrottlesFailsItsStatementOrItsTransaction() {
    limitKeys(1);
    var statement = "INSERT INTO \"tab\" VALUE {'id': ?, 'sk': ?, 'color': ?}";
    var batch =
        BatchExecuteStatementRequest.builder()
            .statements(
                one -> one.statement(statement).parameters(texts("a", "1", "red")),
                two -> two.statement(statement).parameters(texts("b", "1", "red")))
            .build();
    var response = (BatchExecuteStatementResponse) service.execute(batch, NOW);
    assertThat(response.responses().get(0).error()).isNull();
    assertThat(response.responses().get(1).error().codeAsString()).isEqualTo("ThrottlingError");

    assertThatThrownBy(
            () -> service.execute(transaction(List.of(item("c"), item("d", "color", "red"))), NOW))
        .isInstanceOfSatisfying(
            TransactionCanceledException.class,
            e ->
                assertThat(e.cancellationReasons())
                    .extracting(CancellationReason::code)
                    .containsExactly("None", "ThrottlingError"));
    assertThat(service.items(TABLE)).hasSize(1);
  }

  private static List<AttributeValue> texts(String... texts) {
    return Stream.of(texts).map(AttributeValue::fromS).toList();
  }

  @Test
  void aQueryOfAnIndexIsNotSimulated() {
    var query = QueryRequest.builder().tableName(TABLE).indexName(INDEX).build();

    assertThatThrownBy(() -> service.execute(query, NOW))
        .isInstanceOf(NotSimulatedError.class)
        .hasMessageContaining("index");
  }
}
