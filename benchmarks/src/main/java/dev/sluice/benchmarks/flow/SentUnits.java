package dev.sluice.benchmarks.flow;

import dev.sluice.testkit.simulated.client.SimulatedDynamoDbClient;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;

/** A client that notes when batches of puts went out, and of how many items. */
final class SentUnits implements DynamoDbAsyncClient {

  /**
   * A request.
   *
   * @param nanos when it was sent, since the epoch
   * @param items how many items it had
   */
  record Sent(long nanos, int items) {}

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final SimulatedDynamoDbClient client;
  private final InstantSource clock;
  private final List<Sent> sent = new ArrayList<>();

  SentUnits(SimulatedDynamoDbClient client, InstantSource clock) {
    this.client = client;
    this.clock = clock;
  }

  List<Sent> sent() {
    return sent;
  }

  @Override
  public CompletableFuture<BatchWriteItemResponse> batchWriteItem(BatchWriteItemRequest request) {
    var now = clock.instant();
    int items = request.requestItems().values().stream().mapToInt(List::size).sum();
    sent.add(new Sent(now.getEpochSecond() * NANOS_PER_SECOND + now.getNano(), items));
    return client.batchWriteItem(request);
  }

  @Override
  public String serviceName() {
    return client.serviceName();
  }

  @Override
  public void close() {
    client.close();
  }
}
