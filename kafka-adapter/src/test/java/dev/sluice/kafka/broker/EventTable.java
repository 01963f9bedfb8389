package dev.sluice.kafka.broker;

import dev.sluice.IdempotentWriter;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Mode;
import dev.sluice.model.Table;
import dev.sluice.model.Write;
import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.fault.FaultyHttpClient;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import dev.sluice.testkit.simulated.server.SimulatedDynamoDbServer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A table that counts how often each event took effect, so that a lost one is missing and a doubled
 * one is more than one; behind HTTP, in a simulated DynamoDB.
 */
final class EventTable implements AutoCloseable {
  private static final String EVENTS = "events";
  private static final LedgerTable LEDGER = LedgerTable.named("ledger").scope("broker");
  private static final Duration LATENCY = Duration.ofMillis(11);
  private static final int EVENTS_A_TRANSACTION = 23;

  private final SimulatedDynamoDb service = SimulatedDynamoDb.create();
  private final SimulatedDynamoDbServer server;
  private final FaultyHttpClient http =
      FaultyHttpClient.around(EmbeddedDynamoDb.httpClientBuilder().build());
  private final DynamoDbAsyncClient client;

  EventTable() {
    service.createTable(EVENTS, KeyAttribute.string("id"));
    service.createTable(LEDGER.createTableRequest());
    server = SimulatedDynamoDbServer.start(service, 0, LATENCY);
    client =
        DynamoDbAsyncClient.builder()
            .endpointOverride(server.endpoint())
            .region(EmbeddedDynamoDb.REGION)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
            .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .httpClient(http)
            .build();
  }

  /** What becomes of the requests of all writers. */
  FaultyHttpClient http() {
    return http;
  }

  /** A writer as each process has one of. */
  IdempotentWriter writer() {
    return IdempotentWriter.builder(client)
        .mode(Mode.TRANSACTIONAL)
        .maxTransactionEvents(EVENTS_A_TRANSACTION)
        .ledger(LEDGER)
        .table(Table.named(EVENTS))
        .requestTimeout(Duration.ofSeconds(2))
        .deliveryTimeout(Duration.ofSeconds(31))
        .build();
  }

  /** Counts the event once more, whatever was counted before. */
  static Write count(String eventId) {
    return Write.event(eventId)
        .update(
            EVENTS,
            Map.of("id", AttributeValue.fromS(eventId)),
            "ADD #n :one",
            Map.of("#n", "n"),
            Map.of(":one", AttributeValue.fromN("1")));
  }

  /** How often each event took effect. */
  Map<String, Integer> counts() {
    Map<String, Integer> counts = new HashMap<>();
    synchronized (service) {
      service
          .items(EVENTS)
          .forEach(item -> counts.put(item.get("id").s(), Integer.valueOf(item.get("n").n())));
    }
    return counts;
  }

  @Override
  public void close() {
    client.close();
    http.close();
    server.close();
  }
}
