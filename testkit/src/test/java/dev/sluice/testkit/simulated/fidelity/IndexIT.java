package dev.sluice.testkit.simulated.fidelity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.junit.EmbeddedServers;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbResponse;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.LocalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.Projection;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughput;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** Tables with indexes: which are taken, which items, and for how many units. */
@SuppressWarnings("unchecked") // The SDK's varargs of consumers.
@ExtendWith(EmbeddedServers.class)
class IndexIT {
  private static final String TABLE = "with-indexes";
  private static final String TAKEN = "taken";
  private static final Projection ALL = projection(ProjectionType.ALL).build();
  private static final Projection KEYS = projection(ProjectionType.KEYS_ONLY).build();
  private static final DescribeTableRequest DESCRIBE =
      DescribeTableRequest.builder().tableName(TABLE).build();
  private static final ProvisionedThroughput ONE =
      ProvisionedThroughput.builder().readCapacityUnits(1L).writeCapacityUnits(1L).build();

  private final EmbeddedDynamoDb local;
  private final SimulatedDynamoDb simulated = SimulatedDynamoDb.create();

  IndexIT(EmbeddedDynamoDb local) {
    this.local = local;
  }

  @AfterEach
  void dropLocal() {
    if (local.client().listTables().join().tableNames().contains(TABLE)) {
      local.deleteTable(TABLE);
    }
  }

  private static Projection.Builder projection(ProjectionType type) {
    return Projection.builder().projectionType(type);
  }

  private static Projection include(int from, int to) {
    return projection(ProjectionType.INCLUDE)
        .nonKeyAttributes(IntStream.range(from, to).mapToObj(i -> "a" + i).toList())
        .build();
  }

  private static List<KeySchemaElement> key(String... names) {
    List<KeySchemaElement> key = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      key.add(
          KeySchemaElement.builder()
              .attributeName(names[i])
              .keyType(i == 0 ? KeyType.HASH : KeyType.RANGE)
              .build());
    }
    return key;
  }

  private static List<AttributeDefinition> strings(String... names) {
    return Stream.of(names)
        .map(
            name ->
                AttributeDefinition.builder()
                    .attributeName(name)
                    .attributeType(ScalarAttributeType.S)
                    .build())
        .toList();
  }

  private static GlobalSecondaryIndex.Builder global(String name, String... names) {
    return GlobalSecondaryIndex.builder().indexName(name).keySchema(key(names)).projection(ALL);
  }

  private static LocalSecondaryIndex.Builder local(String name, String... names) {
    return LocalSecondaryIndex.builder().indexName(name).keySchema(key(names)).projection(ALL);
  }

  private static CreateTableRequest.Builder table(String... attributes) {
    return CreateTableRequest.builder()
        .tableName(TABLE)
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .keySchema(key("pk", "sk"))
        .attributeDefinitions(strings(attributes));
  }

  private static Arguments global(String why, GlobalSecondaryIndex... indexes) {
    return Arguments.of(why, table("pk", "sk", "g").globalSecondaryIndexes(indexes).build());
  }

  private static Arguments local(String why, LocalSecondaryIndex... indexes) {
    return Arguments.of(why, table("pk", "sk", "l").localSecondaryIndexes(indexes).build());
  }

  private static Arguments projected(String why, Projection projection) {
    return global(why, global("by-g", "g").projection(projection).build());
  }

  private static GlobalSecondaryIndex[] globals(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> global("by-g" + i, "g").build())
        .toArray(GlobalSecondaryIndex[]::new);
  }

  private static LocalSecondaryIndex[] locals(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> local("by-l" + i, "pk", "l").build())
        .toArray(LocalSecondaryIndex[]::new);
  }

  static Stream<Arguments> tables() {
    return Stream.of(
        global("a global index", global("by-g", "g").build()),
        global("one with the table's key", global("by-g", "g", "pk").build()),
        global("keys only", global("by-g", "g", "pk").projection(KEYS).build()),
        local("a local index", local("by-l", "pk", "l").build()),
        local("five local ones", locals(5)),
        local("six local ones", locals(6)),
        global("twenty global ones", globals(20)),
        global("twenty-one global ones", globals(21)),
        Arguments.of(
            "an empty list of global ones",
            table("pk", "sk").globalSecondaryIndexes(List.of()).build()),
        Arguments.of("an attribute that is in no key", table("pk", "sk", "g").build()),
        Arguments.of(
            "an attribute that is not defined",
            table("pk", "sk").globalSecondaryIndexes(global("by-g", "g").build()).build()),
        global("no name", global(null, "g").build()),
        global("a short name", global("ab", "g").build()),
        global("a long name", global("n".repeat(255), "g").build()),
        global("a longer name", global("n".repeat(256), "g").build()),
        global("a space in a name", global("by g", "g").build()),
        global("one name twice", global("by-g", "g").build(), global("by-g", "g", "pk").build()),
        Arguments.of(
            "one name for a local and a global one",
            table("pk", "sk", "g")
                .globalSecondaryIndexes(global("by-g", "g").build())
                .localSecondaryIndexes(local("by-g", "pk", "g").build())
                .build()),
        global("no key", GlobalSecondaryIndex.builder().indexName("by-g").projection(ALL).build()),
        global("one attribute twice", global("by-g", "g", "g").build()),
        global(
            "only a sort key",
            GlobalSecondaryIndex.builder()
                .indexName("by-g")
                .keySchema(k -> k.attributeName("g").keyType(KeyType.RANGE))
                .projection(ALL)
                .build()),
        local("a local one with another partition key", local("by-l", "l", "sk").build()),
        local("a local one without a sort key", local("by-l", "pk").build()),
        Arguments.of(
            "a local one of a table without a sort key",
            table("pk", "l")
                .keySchema(key("pk"))
                .localSecondaryIndexes(local("by-l", "pk", "l").build())
                .build()),
        projected("no projection", null),
        projected("a projection without a type", Projection.builder().build()),
        projected(
            "a projection of an unknown type", Projection.builder().projectionType("SOME").build()),
        projected("names without INCLUDE", include(0, 1).toBuilder().projectionType("ALL").build()),
        projected(
            "names with KEYS_ONLY", include(0, 1).toBuilder().projectionType("KEYS_ONLY").build()),
        projected("INCLUDE without names", projection(ProjectionType.INCLUDE).build()),
        projected("INCLUDE of no names", include(0, 0)),
        projected("INCLUDE of twenty names", include(0, 20)),
        projected(
            "INCLUDE of one name twice",
            projection(ProjectionType.INCLUDE).nonKeyAttributes("a", "a").build()),
        projected(
            "INCLUDE of a key", projection(ProjectionType.INCLUDE).nonKeyAttributes("pk").build()),
        global("a hundred names", named(5)),
        global("a hundred and twenty names", named(6)),
        Arguments.of(
            "no throughput of a provisioned table's index",
            table("pk", "sk", "g")
                .billingMode(BillingMode.PROVISIONED)
                .provisionedThroughput(ONE)
                .globalSecondaryIndexes(global("by-g", "g").build())
                .build()),
        Arguments.of(
            "throughput of a provisioned table's index",
            table("pk", "sk", "g")
                .billingMode(BillingMode.PROVISIONED)
                .provisionedThroughput(ONE)
                .globalSecondaryIndexes(global("by-g", "g").provisionedThroughput(ONE).build())
                .build()));
  }

  static Stream<Arguments> tablesThatOnlyLocalTakes() {
    return Stream.of(
        Arguments.of(
            "an empty list of local ones",
            table("pk", "sk").localSecondaryIndexes(List.of()).build()),
        projected("INCLUDE of twenty-one names", include(0, 21)),
        global(
            "throughput of an on-demand table's index",
            global("by-g", "g").provisionedThroughput(ONE).build()));
  }

  private static GlobalSecondaryIndex[] named(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> global("by-g" + i, "g").projection(include(20 * i, 20 * i + 20)).build())
        .toArray(GlobalSecondaryIndex[]::new);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tables")
  void theSimulationTakesTheTablesThatLocalTakes(String name, CreateTableRequest request) {
    assertThat(ofSimulation(request)).isEqualTo(ofLocal(request));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tablesThatOnlyLocalTakes")
  void theSimulationRefusesWhatTheServiceRefuses(String name, CreateTableRequest request) {
    assertThat(ofSimulation(request)).isEqualTo("ValidationException");
    assertThat(ofLocal(request)).isEqualTo(TAKEN);
  }

  private String ofSimulation(CreateTableRequest request) {
    return code(Outcomes.of(() -> simulated.execute(request, Instant.now())));
  }

  private String ofLocal(CreateTableRequest request) {
    return code(Outcomes.of(() -> Send.to(local.client(), request)));
  }

  private static String code(Object outcome) {
    Object code = ((Map<?, ?>) outcome).get("code");
    return code == null ? TAKEN : code.toString();
  }

  private static Map<String, AttributeValue> item(String... attributes) {
    Map<String, AttributeValue> item = new HashMap<>();
    for (int i = 0; i < attributes.length; i += 2) {
      item.put(attributes[i], AttributeValue.fromS(attributes[i + 1]));
    }
    return item;
  }

  private static PutItemRequest put(String... attributes) {
    return PutItemRequest.builder()
        .tableName(TABLE)
        .item(item(attributes))
        .returnConsumedCapacity(ReturnConsumedCapacity.INDEXES)
        .build();
  }

  private static UpdateItemRequest update(String expression, String... values) {
    return UpdateItemRequest.builder()
        .tableName(TABLE)
        .key(item("pk", "a", "sk", "1"))
        .updateExpression(expression)
        .expressionAttributeValues(values.length == 0 ? null : item(values))
        .returnConsumedCapacity(ReturnConsumedCapacity.INDEXES)
        .build();
  }

  private static List<DynamoDbRequest> writes() {
    // Far from a whole number of kilobytes: Local takes entries of local indexes for larger.
    String big = "x".repeat(2_500);
    return List.of(
        put("pk", "a", "sk", "1"),
        put("pk", "a", "sk", "1", "g", "red"),
        put("pk", "a", "sk", "1", "g", "red"),
        put("pk", "a", "sk", "1", "g", "red", "other", big),
        put("pk", "a", "sk", "1", "g", "red", "named", big),
        put("pk", "a", "sk", "1", "g", "red", "named", "x"),
        put("pk", "a", "sk", "1", "g", "blue", "named", "x"),
        put("pk", "a", "sk", "1", "g", "blue", "named", "x", "l", "one"),
        put("pk", "a", "sk", "1", "g", "blue", "named", big, "l", "two"),
        update("SET other = :o", ":o", "changed"),
        update("SET named = :o", ":o", "changed"),
        update("SET g = :o", ":o", "green"),
        update("REMOVE g"),
        update("SET l = :o", ":o", "three"),
        update("SET g = :o, named = :b", ":o", "green", ":b", big),
        DeleteItemRequest.builder()
            .tableName(TABLE)
            .key(item("pk", "a", "sk", "1"))
            .returnConsumedCapacity(ReturnConsumedCapacity.INDEXES)
            .build(),
        BatchWriteItemRequest.builder()
            .requestItems(
                Map.of(
                    TABLE,
                    List.of(
                        WriteRequest.builder()
                            .putRequest(p -> p.item(item("pk", "b", "sk", "1", "g", "red")))
                            .build(),
                        WriteRequest.builder()
                            .putRequest(p -> p.item(item("pk", "c", "sk", "1", "l", "one")))
                            .build())))
            .returnConsumedCapacity(ReturnConsumedCapacity.INDEXES)
            .build(),
        put("pk", "d", "sk", "1", "g", "red", "other", big).toBuilder()
            .returnConsumedCapacity(ReturnConsumedCapacity.TOTAL)
            .build());
  }

  @Test
  void indexesCostWhatTheyCostInLocal() {
    var request =
        table("pk", "sk", "g", "l")
            .globalSecondaryIndexes(
                global("by-g", "g")
                    .projection(
                        projection(ProjectionType.INCLUDE).nonKeyAttributes("named").build())
                    .build())
            .localSecondaryIndexes(local("by-l", "pk", "l").build())
            .build();
    Send.to(local.client(), request);
    simulated.createTable(request);
    for (DynamoDbRequest write : writes()) {
      var ofSimulation = Outcomes.of(() -> simulated.execute(write, Instant.now()));

      assertThat(ofSimulation)
          .as("%s", write)
          .isEqualTo(Outcomes.of(() -> Send.to(local.client(), write)));
    }
    assertThat(indexes(simulated.execute(DESCRIBE, Instant.now())))
        .isEqualTo(indexes(local.client().describeTable(DESCRIBE).join()));
  }

  /** Names, keys, projections and counts of a table's indexes. */
  private static List<List<Object>> indexes(DynamoDbResponse described) {
    var table = ((DescribeTableResponse) described).table();
    List<List<Object>> indexes = new ArrayList<>();
    table
        .globalSecondaryIndexes()
        .forEach(
            index ->
                indexes.add(
                    List.of(
                        index.indexName(),
                        index.indexStatus(),
                        index.keySchema(),
                        index.projection(),
                        index.itemCount())));
    table
        .localSecondaryIndexes()
        .forEach(
            index ->
                indexes.add(
                    List.of(
                        index.indexName(),
                        index.keySchema(),
                        index.projection(),
                        index.itemCount())));
    return indexes;
  }
}
