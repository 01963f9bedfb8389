package dev.sluice.benchmarks.flow;

import static java.util.Objects.requireNonNull;

import dev.sluice.model.Effect;
import dev.sluice.model.Write;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * What a careful engineer writes by hand: batches of 25, forty under way, what comes back
 * unprocessed or throttled sent again after a full-jitter backoff, and no more taken than ten
 * thousand at a time. It keeps no order and claims nothing.
 */
final class PlainBatches implements Feed {
  private static final int BATCH = 25;
  private static final int IN_FLIGHT = 40;
  private static final int BUFFERED = 10_000;
  private static final long BACKOFF_BASE_NANOS = Duration.ofMillis(25).toNanos();
  private static final long BACKOFF_MOST_NANOS = Duration.ofSeconds(5).toNanos();

  private record Batch(List<WriteRequest> requests, int failures) {}

  private final DynamoDbAsyncClient client;
  private final ScheduledExecutorService timers;
  private final RandomGenerator random;
  private final LongFunction<Write> events;
  private final Deque<Batch> again = new ArrayDeque<>();
  private final Map<String, Long> writtenByKey = new HashMap<>();
  private double offered;
  private long taken;
  private long written;
  private int inFlight;

  PlainBatches(
      DynamoDbAsyncClient client,
      ScheduledExecutorService timers,
      RandomGenerator random,
      LongFunction<Write> events) {
    this.client = client;
    this.timers = timers;
    this.random = random;
    this.events = events;
  }

  @Override
  public void offer(double count) {
    offered += count;
    send();
  }

  @Override
  public long offered() {
    return (long) offered;
  }

  @Override
  public long applied() {
    return written;
  }

  /** {@return how many of one key are written} */
  long written(String key) {
    return writtenByKey.getOrDefault(key, 0L);
  }

  private void send() {
    while (inFlight < IN_FLIGHT) {
      Batch batch = again.poll();
      if (batch == null) {
        batch = new Batch(next(), 0);
      }
      if (batch.requests.isEmpty()) {
        return;
      }
      send(batch);
    }
  }

  private List<WriteRequest> next() {
    List<WriteRequest> requests = new ArrayList<>(BATCH);
    while (requests.size() < BATCH && taken + 1 <= offered && taken - written < BUFFERED) {
      Effect effect = events.apply(taken++).effects().get(0);
      requests.add(WriteRequest.builder().putRequest(put -> put.item(effect.item())).build());
    }
    return requests;
  }

  private void send(Batch batch) {
    inFlight++;
    BatchWriteItemRequest request =
        BatchWriteItemRequest.builder().requestItems(Map.of(Rig.TABLE, batch.requests)).build();
    var unused =
        client
            .batchWriteItem(request)
            .handle(
                (response, thrown) -> {
                  inFlight--;
                  ended(batch, thrown == null ? unprocessed(response) : batch.requests);
                  send();
                  return null;
                });
  }

  private static List<WriteRequest> unprocessed(BatchWriteItemResponse response) {
    return response.unprocessedItems().values().stream().flatMap(List::stream).toList();
  }

  private void ended(Batch batch, List<WriteRequest> left) {
    written += batch.requests.size() - left.size();
    count(batch.requests, 1);
    count(left, -1);
    if (!left.isEmpty()) {
      long most = Math.min(BACKOFF_MOST_NANOS, BACKOFF_BASE_NANOS << Math.min(batch.failures, 16));
      var unused =
          timers.schedule(
              () -> {
                again.add(new Batch(left, batch.failures + 1));
                send();
              },
              random.nextLong(most) + 1,
              TimeUnit.NANOSECONDS);
    }
  }

  private void count(List<WriteRequest> requests, long each) {
    for (WriteRequest request : requests) {
      AttributeValue key = requireNonNull(request.putRequest().item().get("pk"));
      writtenByKey.merge(key.s(), each, Long::sum);
    }
  }
}
