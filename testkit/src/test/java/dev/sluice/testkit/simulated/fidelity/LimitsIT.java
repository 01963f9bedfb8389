package dev.sluice.testkit.simulated.fidelity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.junit.EmbeddedServers;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** What is just within a limit is taken by both, and what is just beyond it by neither. */
@ExtendWith(EmbeddedServers.class)
class LimitsIT {
  private static final String TABLE = "limits";
  private static final int LARGEST = 400 * 1024;

  private final EmbeddedDynamoDb local;
  private final SimulatedDynamoDb simulated = SimulatedDynamoDb.create();

  LimitsIT(EmbeddedDynamoDb local) {
    this.local = local;
  }

  @BeforeEach
  void createBoth() {
    simulated.createTable(TABLE, KeyAttribute.string("pk"), KeyAttribute.string("sk"));
    local.createTable(TABLE, KeyAttribute.string("pk"), KeyAttribute.string("sk"));
  }

  @AfterEach
  void dropLocal() {
    local.deleteTable(TABLE);
  }

  private static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }

  private static Map<String, AttributeValue> key(String pk, String sk) {
    return Map.of("pk", text(pk), "sk", text(sk));
  }

  private static Map<String, AttributeValue> with(String pk, String name, AttributeValue value) {
    Map<String, AttributeValue> item = new HashMap<>(key(pk, "s"));
    item.put(name, value);
    return item;
  }

  /** An item of so many bytes. */
  private static Map<String, AttributeValue> sized(String pk, int bytes) {
    return with(pk, "v", text("x".repeat(bytes - pk.length() - "pkskvs".length())));
  }

  private static Arguments put(String name, Map<String, AttributeValue> item) {
    return Arguments.of(name, PutItemRequest.builder().tableName(TABLE).item(item).build());
  }

  private static Arguments number(String number) {
    return put("the number " + number, with("a", "v", AttributeValue.fromN(number)));
  }

  private static Arguments update(
      String name, String expression, Map<String, AttributeValue> values) {
    return Arguments.of(
        name,
        UpdateItemRequest.builder()
            .tableName(TABLE)
            .key(key("a", "s"))
            .updateExpression(expression)
            .expressionAttributeValues(values.isEmpty() ? null : values)
            .build());
  }

  private static Arguments condition(
      String name, String expression, Map<String, AttributeValue> values) {
    return Arguments.of(
        name,
        PutItemRequest.builder()
            .tableName(TABLE)
            .item(key("a", "s"))
            .conditionExpression(expression)
            .expressionAttributeValues(values.isEmpty() ? null : values)
            .build());
  }

  private static Arguments batch(String name, int count, int bytes) {
    return Arguments.of(
        name,
        BatchWriteItemRequest.builder()
            .requestItems(
                Map.of(
                    TABLE,
                    IntStream.range(0, count)
                        .mapToObj(i -> sized("k" + i, bytes))
                        .map(item -> WriteRequest.builder().putRequest(p -> p.item(item)).build())
                        .toList()))
            .build());
  }

  private static Arguments batchGet(String name, int count) {
    return Arguments.of(
        name,
        BatchGetItemRequest.builder()
            .requestItems(
                Map.of(
                    TABLE,
                    KeysAndAttributes.builder()
                        .keys(IntStream.range(0, count).mapToObj(i -> key("k" + i, "s")).toList())
                        .build()))
            .build());
  }

  private static Arguments transaction(String name, int count, int bytes) {
    return Arguments.of(
        name,
        TransactWriteItemsRequest.builder()
            .transactItems(
                IntStream.range(0, count)
                    .mapToObj(i -> sized("k" + i, bytes))
                    .map(
                        item ->
                            TransactWriteItem.builder()
                                .put(p -> p.tableName(TABLE).item(item))
                                .build())
                    .toList())
            .build());
  }

  private static Arguments in(int count) {
    Map<String, AttributeValue> values =
        IntStream.range(0, count)
            .boxed()
            .collect(Collectors.toMap(i -> ":v" + i, i -> text("v" + i)));
    return condition("IN of " + count, "v IN (" + String.join(", ", values.keySet()) + ")", values);
  }

  private static Arguments comparisons(int count) {
    String all =
        IntStream.range(0, count)
            .mapToObj(i -> "a" + i + "=:v")
            .collect(Collectors.joining(" OR "));
    return condition(count + " comparisons", all, Map.of(":v", text("x")));
  }

  private static Arguments negations(int count) {
    return condition(
        count + " negations", "NOT ".repeat(count) + "v = :v", Map.of(":v", text("x")));
  }

  private static Arguments removals(int count) {
    String all = IntStream.range(0, count).mapToObj(i -> "a" + i).collect(Collectors.joining(", "));
    return update(count + " removals", "REMOVE " + all, Map.of());
  }

  static Stream<Arguments> requests() {
    Map<String, AttributeValue> one = Map.of(":v", text("x"));
    return Stream.of(
        put("the largest item", sized("a", LARGEST)),
        put("a byte more", sized("a", LARGEST + 1)),
        put("the longest partition key", key("p".repeat(2048), "s")),
        put("a byte more of it", key("p".repeat(2049), "s")),
        put("the longest sort key", key("p", "s".repeat(1024))),
        put("a byte more of the sort key", key("p", "s".repeat(1025))),
        Arguments.of(
            "a read by a key that is too long",
            GetItemRequest.builder().tableName(TABLE).key(key("p".repeat(2049), "s")).build()),
        number("1" + "0".repeat(37)),
        number("1".repeat(38)),
        number("1".repeat(39)),
        number("0." + "1".repeat(38)),
        number("9.9999999999999999999999999999999999999E+125"),
        number("1E126"),
        number("1E-130"),
        number("1E-131"),
        number("-9.9999999999999999999999999999999999999E+125"),
        number("NaN"),
        number("Infinity"),
        number("0x10"),
        number("1e5"),
        number(" 1"),
        number("1_000"),
        number("+1"),
        number(".5"),
        number("5."),
        batch("a batch of 25", 25, 64),
        batch("a batch of 26", 26, 64),
        batchGet("a read of 100", 100),
        batchGet("a read of 101", 101),
        transaction("a transaction of 100", 100, 64),
        transaction("a transaction of 101", 101, 64),
        transaction("a transaction of 4 MB", 10, LARGEST),
        transaction("a transaction of more", 11, LARGEST),
        in(100),
        in(101),
        comparisons(150),
        comparisons(151),
        negations(299),
        negations(300),
        removals(300),
        removals(301),
        condition("a long expression", "v" + " ".repeat(4000) + " = :v", one),
        condition("a longer one", "v" + " ".repeat(4090) + " = :v", one),
        condition("the longest one", "v" + " ".repeat(4091) + "= :v", one),
        condition("one byte more", "v" + " ".repeat(4092) + "= :v", one),
        condition("a short placeholder", "v = :", Map.of(":", text("x"))),
        condition(
            "a long placeholder",
            "v = :" + "v".repeat(254),
            Map.of(":" + "v".repeat(254), text("x"))),
        condition(
            "a longer placeholder",
            "v = :" + "v".repeat(255),
            Map.of(":" + "v".repeat(255), text("x"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("requests")
  void bothTakeTheSame(String name, DynamoDbRequest request) {
    var ofSimulation = Outcomes.of(() -> simulated.execute(request, Instant.now()));

    assertThat(ofSimulation).isEqualTo(Outcomes.of(() -> Send.to(local.client(), request)));
  }

  @Test
  void anUpdateBeyondTheLargestItemIsRefused() {
    String half = "x".repeat(LARGEST / 2);
    var put = PutItemRequest.builder().tableName(TABLE).item(with("a", "v", text(half))).build();
    // Well within and well beyond: the service counts an update in a way of its own.
    for (int bytes : List.of(LARGEST / 2 - 1_009, LARGEST / 2 + 1)) {
      var update =
          UpdateItemRequest.builder()
              .tableName(TABLE)
              .key(key("a", "s"))
              .updateExpression("SET w = :w")
              .expressionAttributeValues(Map.of(":w", text("x".repeat(bytes))))
              .build();
      for (DynamoDbRequest request : List.<DynamoDbRequest>of(put, update)) {
        assertThat(Outcomes.of(() -> simulated.execute(request, Instant.now())))
            .isEqualTo(Outcomes.of(() -> Send.to(local.client(), request)));
      }
    }
  }
}
