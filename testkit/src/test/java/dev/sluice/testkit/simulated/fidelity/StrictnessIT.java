package dev.sluice.testkit.simulated.fidelity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.junit.EmbeddedServers;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/** What DynamoDB Local does not take the simulation does not take either, and the other way. */
@ExtendWith(EmbeddedServers.class)
@SuppressWarnings("unchecked") // The SDK's varargs of consumers.
class StrictnessIT {
  private static final String TABLE = "strict";

  private final EmbeddedDynamoDb local;
  private final SimulatedDynamoDb simulated = SimulatedDynamoDb.create();

  StrictnessIT(EmbeddedDynamoDb local) {
    this.local = local;
  }

  @BeforeEach
  void createBoth() {
    simulated.createTable(TABLE, KeyAttribute.string("pk"), KeyAttribute.number("sk"));
    local.createTable(TABLE, KeyAttribute.string("pk"), KeyAttribute.number("sk"));
  }

  @AfterEach
  void dropLocal() {
    local.deleteTable(TABLE);
  }

  private static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }

  private static AttributeValue number(String value) {
    return AttributeValue.fromN(value);
  }

  private static Map<String, AttributeValue> key() {
    return Map.of("pk", text("a"), "sk", number("1"));
  }

  private static Arguments put(String name, Consumer<PutItemRequest.Builder> more) {
    PutItemRequest.Builder put = PutItemRequest.builder().tableName(TABLE).item(key());
    more.accept(put);
    return Arguments.of(name, put.build());
  }

  private static Arguments update(String expression, Map<String, AttributeValue> values) {
    return Arguments.of(
        expression,
        UpdateItemRequest.builder()
            .tableName(TABLE)
            .key(key())
            .updateExpression(expression)
            .expressionAttributeValues(values)
            .build());
  }

  private static Arguments filter(String expression, Map<String, AttributeValue> values) {
    Map<String, AttributeValue> all = new java.util.HashMap<>(values);
    all.put(":p", text("a"));
    return Arguments.of(
        "filter " + expression,
        QueryRequest.builder()
            .tableName(TABLE)
            .keyConditionExpression("pk = :p")
            .filterExpression(expression)
            .expressionAttributeValues(all)
            .build());
  }

  private static Arguments insert(String name, int attributes, int length, int parameters) {
    StringBuilder names = new StringBuilder("'pk': ?, 'sk': ?");
    List<AttributeValue> values = new java.util.ArrayList<>(List.of(text("a"), number("1")));
    for (int i = 0; i < attributes; i++) {
      names.append(", '").append("x".repeat(length)).append(i).append("': ?");
      values.add(text("v"));
    }
    return Arguments.of(
        name,
        BatchExecuteStatementRequest.builder()
            .statements(
                one ->
                    one.statement("INSERT INTO \"strict\" VALUE {" + names + "}")
                        .parameters(values.subList(0, parameters)),
                two ->
                    two.statement("INSERT INTO \"strict\" VALUE {'pk': ?, 'sk': ?}")
                        .parameters(text("b"), number("1")))
            .build());
  }

  static Stream<Arguments> requests() {
    Map<String, AttributeValue> one = Map.of(":v", number("1"));
    return Stream.of(
        update("SET status = :v", one),
        update("SET Value = :v", one),
        update("SET amount = :v", one),
        put("a reserved word in a condition", p -> p.conditionExpression("attribute_exists(name)")),
        put("no reserved word", p -> p.conditionExpression("attribute_not_exists(nume)")),
        put("a short name of a table", p -> p.tableName("ab")),
        put("a space in the name of a table", p -> p.tableName("a table")),
        insert("a long name of an attribute", 1, 2_000, 3),
        insert("a statement that is too long", 5, 2_000, 7),
        insert("too few parameters", 1, 1, 2),
        filter("pk = :v", Map.of(":v", text("a"))),
        filter("amount = :v", one),
        filter("amount BETWEEN :v AND :w", Map.of(":v", number("2"), ":w", number("1"))),
        filter("begins_with(amount, :v)", one),
        filter("status = :v", one));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("requests")
  void theSimulationIsAsStrict(String name, DynamoDbRequest request) {
    var ofSimulation = Outcomes.of(() -> simulated.execute(request, Instant.now()));

    assertThat(ofSimulation).isEqualTo(Outcomes.of(() -> Send.to(local.client(), request)));
  }
}
