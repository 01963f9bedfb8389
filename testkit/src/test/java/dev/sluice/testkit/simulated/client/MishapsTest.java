package dev.sluice.testkit.simulated.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.simulated.engine.Operation;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;

class MishapsTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  private final VirtualTime time = VirtualTime.seeded(7);
  private final SimulatedDynamoDb service = SimulatedDynamoDb.create(time.random());
  private final SimulatedDynamoDbClient client = client();

  MishapsTest() {
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

  @ParameterizedTest
  @EnumSource
  void everyFateThatCanBeDrawnFires(Fate fate) {
    for (var operation : Operation.values()) {
      if (fate.appliesTo(operation) && fate != Fate.SERVED) {
        assertThat(Mishaps.none().chance(fate, operation, 1).draw(operation, time.random()))
            .isEqualTo(fate);
      }
    }
  }

  @Test
  void fatesComeAsOftenAsTheirChance() {
    client.mishaps(
        Mishaps.none().chance(Fate.RESET, 0.2).chance(Fate.SILENT, Operation.PUT_ITEM, 0.1));
    for (int i = 0; i < 5_003; i++) {
      var unused = put("id" + i);
    }
    time.advance(LONG);

    assertThat(client.counts().get(Fate.RESET)).isBetween(900L, 1_100L);
    assertThat(client.counts().get(Fate.SILENT)).isBetween(430L, 570L);
    assertThat(client.counts().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(5_003);
  }

  @Test
  void chancesThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> Mishaps.none().chance(Fate.RESET, 0.6).chance(Fate.LATE, 0.6))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Mishaps.none().chance(Fate.PARTLY, Operation.PUT_ITEM, 0.1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Mishaps.none().chance(Fate.UNSENT, 0.1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> client.next(Operation.PUT_ITEM, Fate.STATEMENT_ERRORS))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void latenciesHaveTheirDistribution() {
    var random = time.random();
    var tail = Latency.longTail(Duration.ofMillis(5), Duration.ofMillis(80));
    var drawn = IntStream.range(0, 20_011).mapToLong(i -> tail.draw(random)).sorted().toArray();

    assertThat(drawn[drawn.length / 2] / 1e6).isBetween(4.8, 5.2);
    assertThat(drawn[drawn.length * 99 / 100] / 1e6).isBetween(70.0, 92.0);
  }
}
