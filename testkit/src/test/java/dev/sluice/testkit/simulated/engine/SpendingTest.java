package dev.sluice.testkit.simulated.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.simulated.throughput.Throughput;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementErrorCodeEnum;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ThrottlingException;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

class SpendingTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final SimulatedDynamoDb service = SimulatedDynamoDb.create(new SplittableRandom(5));

  SpendingTest() {
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

  @Test
  void aWriteCostsTheLargerOfOldAndNewInWholeKilobytes() {
    assertThat(put(sized("a", 100)).consumedCapacity().capacityUnits()).isEqualTo(1);
    assertThat(put(sized("a", 3_000)).consumedCapacity().capacityUnits()).isEqualTo(3);
    assertThat(put(sized("a", 10)).consumedCapacity().capacityUnits()).isEqualTo(3);
  }

  @Test
  void aFailedConditionCostsTheLargerOfStoredAndAttempted() {
    put(sized("a", 3_000));
    double before = service.usage("tab").writeUnits();
    var again = putRequest(sized("a", 5_000)).conditionExpression("attribute_not_exists(id)");

    assertThatThrownBy(() -> service.execute(again.build(), NOW))
        .isInstanceOf(ConditionalCheckFailedException.class);

    assertThat(service.usage("tab").writeUnits() - before).isEqualTo(5);
  }

  @Test
  void readsCostHalfAUnitForFourKilobytesUnlessConsistent() {
    put(sized("a", 5_000));
    var get =
        GetItemRequest.builder().tableName("tab").key(key("a")).returnConsumedCapacity("TOTAL");

    var relaxed = (GetItemResponse) service.execute(get.build(), NOW);
    var consistent = (GetItemResponse) service.execute(get.consistentRead(true).build(), NOW);

    assertThat(relaxed.consumedCapacity().capacityUnits()).isEqualTo(1);
    assertThat(consistent.consumedCapacity().capacityUnits()).isEqualTo(2);
  }

  private static BatchWriteItemRequest batch(int count) {
    var requests =
        IntStream.range(0, count)
            .mapToObj(i -> WriteRequest.builder().putRequest(p -> p.item(key("k" + i))).build())
            .toList();
    return BatchWriteItemRequest.builder().requestItems(Map.of("tab", requests)).build();
  }

  private void limitTo(double units) {
    service.limit(
        "tab",
        Throughput.onDemand(1).withTableUnits(units, units).withBurst(Duration.ofSeconds(1)),
        NOW);
  }

  @Test
  void whatIsThrottledInABatchComesBackUnlessItIsAll() {
    limitTo(7);

    var response = (BatchWriteItemResponse) service.execute(batch(11), NOW);

    assertThat(response.unprocessedItems().get("tab")).hasSize(4);
    assertThat(service.items("tab")).hasSize(7);
    assertThatThrownBy(() -> service.execute(batch(3), NOW))
        .isInstanceOf(ThrottlingException.class);
  }

  @Test
  void statementsAreThrottledEachForItself() {
    limitTo(2);
    var statements =
        Stream.of("a", "b", "c")
            .map(
                id ->
                    BatchStatementRequest.builder()
                        .statement("INSERT INTO \"tab\" VALUE {'id': ?}")
                        .parameters(AttributeValue.fromS(id))
                        .build())
            .toList();

    var response =
        (BatchExecuteStatementResponse)
            service.execute(
                BatchExecuteStatementRequest.builder().statements(statements).build(), NOW);

    assertThat(response.responses().subList(0, 2)).allMatch(each -> each.error() == null);
    assertThat(response.responses().get(2).error().code())
        .isEqualTo(BatchStatementErrorCodeEnum.THROTTLING_ERROR);
    assertThat(service.items("tab")).hasSize(2);
  }

  @Test
  void aThrottledWriteIsNotEvenTried() {
    put(sized("a", 10));
    limitTo(0.5);
    put(sized("b", 10));
    var again = putRequest(sized("a", 10)).conditionExpression("attribute_not_exists(id)").build();

    assertThatThrownBy(() -> service.execute(again, NOW)).isInstanceOf(ThrottlingException.class);
    assertThat(service.usage("tab").throttledWriteUnits()).isEqualTo(1);
  }
}
