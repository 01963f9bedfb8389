package dev.sluice.testkit.simulated.fidelity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.junit.EmbeddedServers;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;

/**
 * Keys that do not fit, in a transaction. The service cancels it for a key of another type, with
 * the reason {@code ValidationError} at the action, and so does DynamoDB Local if the type is a
 * scalar one. Both refuse the whole request if a key is empty.
 */
@ExtendWith(EmbeddedServers.class)
@SuppressWarnings("unchecked") // The SDK's varargs of consumers.
class TransactionKeyIT {
  private static final String TABLE = "transacted";
  private static final Map<String, Object> CANCELLED =
      Map.of(
          "code",
          "TransactionCanceledException",
          "CancellationReasons",
          List.of(Map.of("Code", "None"), Map.of("Code", "ValidationError")));
  private static final AttributeValue NUMBER = AttributeValue.fromN("5");
  private static final AttributeValue LIST = AttributeValue.fromL(List.of(text("x")));

  private final EmbeddedDynamoDb local;
  private final SimulatedDynamoDb simulated = SimulatedDynamoDb.create();

  TransactionKeyIT(EmbeddedDynamoDb local) {
    this.local = local;
  }

  @BeforeEach
  void createBoth() {
    var table =
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
                        .projection(all -> all.projectionType(ProjectionType.ALL)))
            .build();
    simulated.createTable(table);
    local.client().createTable(table).join();
  }

  @AfterEach
  void dropLocal() {
    local.deleteTable(TABLE);
  }

  private static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }

  private static TransactWriteItem put(Map<String, AttributeValue> item) {
    return TransactWriteItem.builder().put(put -> put.tableName(TABLE).item(item)).build();
  }

  private static TransactWriteItem update(AttributeValue key, AttributeValue color) {
    return TransactWriteItem.builder()
        .update(
            update ->
                update
                    .tableName(TABLE)
                    .key(Map.of("pk", key))
                    .updateExpression("SET color = :c")
                    .expressionAttributeValues(Map.of(":c", color)))
        .build();
  }

  private static TransactWriteItem delete(Map<String, AttributeValue> key) {
    return TransactWriteItem.builder().delete(d -> d.tableName(TABLE).key(key)).build();
  }

  private static TransactWriteItem check(AttributeValue key) {
    return TransactWriteItem.builder()
        .conditionCheck(
            c ->
                c.tableName(TABLE)
                    .key(Map.of("pk", key))
                    .conditionExpression("attribute_not_exists(pk)"))
        .build();
  }

  static Stream<Arguments> ofAnotherType() {
    return Stream.of(
        Arguments.of("put", put(Map.of("pk", NUMBER))),
        Arguments.of("put, an index's key", put(Map.of("pk", text("a"), "color", NUMBER))),
        Arguments.of("update", update(NUMBER, text("red"))),
        Arguments.of("update, an index's key", update(text("a"), NUMBER)),
        Arguments.of("delete", delete(Map.of("pk", NUMBER))),
        Arguments.of("check", check(NUMBER)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ofAnotherType")
  void aKeyOfAnotherTypeCancelsWithItsReason(String name, TransactWriteItem action) {
    var transaction = transaction(action);

    assertThat(ofSimulation(transaction))
        .containsAllEntriesOf(CANCELLED)
        .isEqualTo(ofLocal(transaction));
    assertThat(simulated.items(TABLE)).isEmpty();
  }

  static Stream<Arguments> ofAnotherForm() {
    return Stream.of(
        Arguments.of("put, a list", put(Map.of("pk", LIST))),
        Arguments.of("put, no key", put(Map.of("id", text("a")))),
        Arguments.of("put, an index's key", put(Map.of("pk", text("a"), "color", LIST))),
        Arguments.of("update, an index's key", update(text("a"), LIST)),
        Arguments.of("delete, a list", delete(Map.of("pk", LIST))),
        Arguments.of("check, a list", check(LIST)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ofAnotherForm")
  void aKeyOfAnotherFormDoesSoInTheServiceOnly(String name, TransactWriteItem action) {
    var transaction = transaction(action);

    assertThat(ofSimulation(transaction)).containsAllEntriesOf(CANCELLED);
    assertThat(ofLocal(transaction)).containsEntry("code", "ValidationException");
    assertThat(simulated.items(TABLE)).isEmpty();
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of("put", put(Map.of("pk", text("")))),
        Arguments.of("put, an index's key", put(Map.of("pk", text("a"), "color", text("")))),
        Arguments.of("update", update(text(""), text("red"))),
        Arguments.of("update, an index's key", update(text("a"), text(""))),
        Arguments.of("delete", delete(Map.of("pk", text("")))),
        Arguments.of("check", check(text(""))),
        Arguments.of("delete, too much", delete(Map.of("pk", text("a"), "sk", text("b")))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void anEmptyKeyOrTooMuchRefusesTheTransaction(String name, TransactWriteItem action) {
    var transaction = transaction(action);

    assertThat(ofSimulation(transaction))
        .containsEntry("code", "ValidationException")
        .isEqualTo(ofLocal(transaction));
  }

  private static TransactWriteItemsRequest transaction(TransactWriteItem guilty) {
    var innocent = put(Map.of("pk", text("innocent")));
    return TransactWriteItemsRequest.builder().transactItems(innocent, guilty).build();
  }

  private Map<String, Object> ofSimulation(TransactWriteItemsRequest transaction) {
    return (Map<String, Object>) Outcomes.of(() -> simulated.execute(transaction, Instant.now()));
  }

  private Map<String, Object> ofLocal(TransactWriteItemsRequest transaction) {
    return (Map<String, Object>) Outcomes.of(() -> Send.to(local.client(), transaction));
  }
}
