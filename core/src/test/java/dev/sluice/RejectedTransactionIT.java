package dev.sluice;

import static dev.sluice.fake.Worker.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.KeySchema;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Table;
import dev.sluice.model.Write;
import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.junit.EmbeddedServers;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import dev.sluice.testkit.simulated.server.SimulatedDynamoDbServer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * A transaction of several events, one of which holds an index's key of another type. The service
 * cancels it with a reason at the action; DynamoDB Local does so for a number and refuses the whole
 * request for what is no scalar. Either way the guilty event alone is rejected.
 */
@Timeout(120)
@ExtendWith(EmbeddedServers.class)
@SuppressWarnings("unchecked") // The SDK's varargs of consumers.
class RejectedTransactionIT {
  private static final int EVENTS = 7;
  private static final int GUILTY = 3;
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final String ledger = "rejections-ledger-" + NUMBERS.incrementAndGet();
  private final String indexed = "rejections-indexed-" + NUMBERS.incrementAndGet();
  private final EmbeddedDynamoDb local;
  private final SimulatedDynamoDbServer simulated =
      SimulatedDynamoDbServer.start(SimulatedDynamoDb.create(), 0, Duration.ZERO);

  RejectedTransactionIT(EmbeddedDynamoDb local) {
    this.local = local;
  }

  @AfterEach
  void close() {
    simulated.close();
  }

  static Stream<Arguments> cases() {
    return Stream.of(true, false)
        .flatMap(
            byLocal ->
                Stream.of(AttributeValue.fromN("5"), AttributeValue.fromBool(true))
                    .map(color -> Arguments.of(byLocal, color)));
  }

  @ParameterizedTest(name = "by Local: {0}, {1}")
  @MethodSource("cases")
  void theGuiltyEventAloneIsRejected(boolean byLocal, AttributeValue color) throws Exception {
    URI endpoint = byLocal ? local.endpoint() : simulated.endpoint();
    try (DynamoDbAsyncClient client =
        local
            .clientBuilder()
            .endpointOverride(endpoint)
            .httpClientBuilder(EmbeddedDynamoDb.httpClientBuilder())
            .build()) {
      client.createTable(ledgerTable()).join();
      client.createTable(indexedTable()).join();
      IdempotentWriter writer = writer(client);
      List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < EVENTS; i++) {
        Map<String, AttributeValue> item = item("k" + i, 1, "v");
        item.put("color", i == GUILTY ? color : AttributeValue.fromS("red"));
        outcomes.add(
            writer
                .write(new SourcePosition("t/0/" + i), Write.event("e" + i).put(indexed, item))
                .toCompletableFuture());
      }

      for (int i = 0; i < EVENTS; i++) {
        CompletableFuture<Outcome> outcome = outcomes.get(i);
        if (i == GUILTY) {
          assertThatThrownBy(() -> outcome.get(60, TimeUnit.SECONDS))
              .hasCauseInstanceOf(RejectedWriteException.class);
        } else {
          assertThat(outcome.get(60, TimeUnit.SECONDS)).isInstanceOf(Outcome.Applied.class);
        }
      }
      writer.close(Duration.ofSeconds(20));
    }
  }

  private IdempotentWriter writer(DynamoDbAsyncClient client) {
    return IdempotentWriter.builder(client)
        .mode(Mode.TRANSACTIONAL)
        .maxTransactionEvents(EVENTS)
        .maxInFlightRequests(1)
        // A writer that knows of the index rejects the event itself.
        .withoutTableCheck()
        .table(
            Table.named(indexed)
                .keys(
                    KeySchema.of("pk", ScalarAttributeType.S)
                        .sortedBy("sk", ScalarAttributeType.N)))
        .ledger(LedgerTable.named(ledger).scope("test"))
        .requestTimeout(Duration.ofSeconds(15))
        .build();
  }

  private static AttributeDefinition defined(String name, ScalarAttributeType type) {
    return AttributeDefinition.builder().attributeName(name).attributeType(type).build();
  }

  private CreateTableRequest ledgerTable() {
    return CreateTableRequest.builder()
        .tableName(ledger)
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .attributeDefinitions(defined("id", ScalarAttributeType.S))
        .keySchema(id -> id.attributeName("id").keyType(KeyType.HASH))
        .build();
  }

  private CreateTableRequest indexedTable() {
    return CreateTableRequest.builder()
        .tableName(indexed)
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .attributeDefinitions(
            defined("pk", ScalarAttributeType.S),
            defined("sk", ScalarAttributeType.N),
            defined("color", ScalarAttributeType.S))
        .keySchema(
            pk -> pk.attributeName("pk").keyType(KeyType.HASH),
            sk -> sk.attributeName("sk").keyType(KeyType.RANGE))
        .globalSecondaryIndexes(
            index ->
                index
                    .indexName("by-color")
                    .keySchema(color -> color.attributeName("color").keyType(KeyType.HASH))
                    .projection(keys -> keys.projectionType(ProjectionType.KEYS_ONLY)))
        .build();
  }
}
