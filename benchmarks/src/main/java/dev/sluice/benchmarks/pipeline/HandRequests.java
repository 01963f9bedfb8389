package dev.sluice.benchmarks.pipeline;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * The requests of those who write by hand. A claim succeeds again for the record that made it, so
 * that a redelivery finishes what was begun, and fails for any other.
 */
final class HandRequests implements AutoCloseable {
  static final int BATCH = 25;

  private static final Duration RETENTION = Duration.ofDays(14);
  private static final long BACKOFF_MILLIS = 50;

  private final DynamoDbAsyncClient client;

  HandRequests(RunSetup setup) {
    this.client = Clients.dynamoDb(setup.endpoint(), setup.inFlight());
  }

  /** {@return whether the delivery may take effect: the first of its event, or the same again} */
  CompletableFuture<Boolean> claim(Delivery delivery) {
    return client
        .putItem(claimRequest(delivery))
        .handle(
            (put, thrown) -> {
              if (thrown == null) {
                return true;
              }
              if (cause(thrown) instanceof ConditionalCheckFailedException) {
                return false;
              }
              throw new CompletionException(cause(thrown));
            });
  }

  private static Throwable cause(Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }

  private static PutItemRequest claimRequest(Delivery delivery) {
    AttributeValue source = fromS(delivery.source());
    return PutItemRequest.builder()
        .tableName(Tables.LEDGER.name())
        .item(
            Map.of(
                "id",
                fromS("billing#" + delivery.eventId()),
                "src",
                source,
                "expireAt",
                fromN(Long.toString(Instant.now().plus(RETENTION).getEpochSecond()))))
        .conditionExpression("attribute_not_exists(id) OR src = :src")
        .expressionAttributeValues(Map.of(":src", source))
        .build();
  }

  CompletableFuture<PutItemResponse> put(Map<String, AttributeValue> item) {
    return client.putItem(put -> put.tableName(Tables.DATA).item(item));
  }

  /** Puts up to 25 items, and again those that are left unprocessed. */
  CompletionStage<Void> putAll(List<Map<String, AttributeValue>> items) {
    List<WriteRequest> writes = new ArrayList<>(items.size());
    for (Map<String, AttributeValue> item : items) {
      writes.add(WriteRequest.builder().putRequest(put -> put.item(item)).build());
    }
    return write(Map.of(Tables.DATA, writes));
  }

  private CompletionStage<Void> write(Map<String, List<WriteRequest>> requests) {
    return client
        .batchWriteItem(BatchWriteItemRequest.builder().requestItems(requests).build())
        .thenCompose(
            response ->
                response.unprocessedItems().isEmpty()
                    ? CompletableFuture.completedFuture(null)
                    : later().thenCompose(waited -> write(response.unprocessedItems())));
  }

  private static CompletableFuture<Void> later() {
    return CompletableFuture.runAsync(
        () -> {}, CompletableFuture.delayedExecutor(BACKOFF_MILLIS, TimeUnit.MILLISECONDS));
  }

  @Override
  public void close() {
    client.close();
  }
}
