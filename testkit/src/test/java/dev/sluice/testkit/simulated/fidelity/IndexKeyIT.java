package dev.sluice.testkit.simulated.fidelity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.junit.EmbeddedServers;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** Items that an index refuses are refused in the simulation as by DynamoDB Local. */
@ExtendWith(EmbeddedServers.class)
@SuppressWarnings("unchecked") // The SDK's varargs of consumers.
class IndexKeyIT {
  private static final String TABLE = "indexed";
  private static final KeyAttribute INDEX_KEY = KeyAttribute.string("color");

  private final EmbeddedDynamoDb local;
  private final SimulatedDynamoDb simulated = SimulatedDynamoDb.create();

  IndexKeyIT(EmbeddedDynamoDb local) {
    this.local = local;
  }

  @BeforeEach
  void createBoth() {
    simulated.createTable(TABLE, KeyAttribute.string("pk"));
    simulated.addIndexKey(TABLE, INDEX_KEY);
    local
        .client()
        .createTable(
            CreateTableRequest.builder()
                .tableName(TABLE)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .attributeDefinitions(
                    pk -> pk.attributeName("pk").attributeType(ScalarAttributeType.S),
                    color -> color.attributeName("color").attributeType(ScalarAttributeType.S))
                .keySchema(pk -> pk.attributeName("pk").keyType(KeyType.HASH))
                .globalSecondaryIndexes(
                    index ->
                        index
                            .indexName("by-color")
                            .keySchema(key -> key.attributeName("color").keyType(KeyType.HASH))
                            .projection(all -> all.projectionType(ProjectionType.KEYS_ONLY)))
                .build())
        .join();
  }

  @AfterEach
  void dropLocal() {
    local.deleteTable(TABLE);
  }

  static List<DynamoDbRequest> refused() {
    return List.of(
        PutItemRequest.builder().tableName(TABLE).item(wrong("a")).build(),
        BatchWriteItemRequest.builder()
            .requestItems(
                Map.of(
                    TABLE,
                    List.of(
                        WriteRequest.builder().putRequest(put -> put.item(right("b"))).build(),
                        WriteRequest.builder().putRequest(put -> put.item(wrong("c"))).build())))
            .build(),
        BatchExecuteStatementRequest.builder()
            .statements(
                one ->
                    one.statement("INSERT INTO \"" + TABLE + "\" VALUE {'pk': ?, 'color': ?}")
                        .parameters(text("d"), text("red")),
                two ->
                    two.statement("INSERT INTO \"" + TABLE + "\" VALUE {'pk': ?, 'color': ?}")
                        .parameters(text("e"), AttributeValue.fromBool(true)))
            .build(),
        TransactWriteItemsRequest.builder()
            .transactItems(
                one -> one.put(put -> put.tableName(TABLE).item(right("f"))),
                two -> two.put(put -> put.tableName(TABLE).item(number("g"))))
            .build(),
        PutItemRequest.builder().tableName(TABLE).item(empty("i")).build(),
        BatchWriteItemRequest.builder()
            .requestItems(
                Map.of(
                    TABLE,
                    List.of(
                        WriteRequest.builder().putRequest(put -> put.item(empty("j"))).build())))
            .build(),
        UpdateItemRequest.builder()
            .tableName(TABLE)
            .key(Map.of("pk", text("k")))
            .updateExpression("SET color = :c")
            .expressionAttributeValues(Map.of(":c", text("")))
            .build(),
        UpdateItemRequest.builder()
            .tableName(TABLE)
            .key(Map.of("pk", text("h")))
            .updateExpression("SET color = :c")
            .expressionAttributeValues(Map.of(":c", AttributeValue.fromBool(true)))
            .build());
  }

  @ParameterizedTest
  @MethodSource("refused")
  void anIndexRefusesAnAttributeOfAnotherType(DynamoDbRequest request) {
    var ofSimulation = Outcomes.of(() -> simulated.execute(request, Instant.now()));

    assertThat(ofSimulation).isEqualTo(Outcomes.of(() -> Send.to(local.client(), request)));
    assertThat(ofSimulation.toString()).contains("Validation");
    assertThat(pks(simulated.items(TABLE))).isEqualTo(pks(itemsOfLocal()));
  }

  @Test
  void withoutTheIndexTheItemIsTaken() {
    simulated.dropIndexKey(TABLE, INDEX_KEY);

    simulated.execute(
        PutItemRequest.builder().tableName(TABLE).item(wrong("a")).build(), Instant.now());

    assertThat(simulated.items(TABLE)).hasSize(1);
  }

  private List<Map<String, AttributeValue>> itemsOfLocal() {
    return local.client().scan(scan -> scan.tableName(TABLE)).join().items();
  }

  private static List<String> pks(List<Map<String, AttributeValue>> items) {
    return items.stream().map(item -> item.get("pk").s()).sorted().toList();
  }

  private static Map<String, AttributeValue> right(String pk) {
    return Map.of("pk", text(pk), "color", text("red"));
  }

  private static Map<String, AttributeValue> number(String pk) {
    return Map.of("pk", text(pk), "color", AttributeValue.fromN("1"));
  }

  private static Map<String, AttributeValue> empty(String pk) {
    return Map.of("pk", text(pk), "color", text(""));
  }

  private static Map<String, AttributeValue> wrong(String pk) {
    return Map.of("pk", text(pk), "color", AttributeValue.fromBool(true));
  }

  private static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }
}
