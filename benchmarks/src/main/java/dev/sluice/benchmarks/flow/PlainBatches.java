package dev.sluice.benchmarks.flow;

import dev.sluice.model.Effect;
import dev.sluice.model.Write;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * What a careful engineer writes by hand: batches of 25, forty under way, what comes back
 * unprocessed or throttled sent again after a full-jitter backoff, and no more taken than ten
 * thousand at a time, from each stream in turn. It keeps no order and claims nothing.
 */
final class PlainBatches {
  private static final int BATCH = 25;
  private static final int IN_FLIGHT = 40;
  private static final int BUFFERED = 10_000;
  private static final long BACKOFF_BASE_NANOS = Duration.ofMillis(25).toNanos();
  private static final long BACKOFF_MOST_NANOS = Duration.ofSeconds(5).toNanos();

  private record Batch(Map<WriteRequest, Stream> requests, int failures) {}

  private final DynamoDbAsyncClient client;
  private final ScheduledExecutorService timers;
  private final RandomGenerator random;
  private final Deque<Stream> streams = new ArrayDeque<>();
  private final Deque<Batch> again = new ArrayDeque<>();
  private int open;
  private int inFlight;

  PlainBatches(
      DynamoDbAsyncClient client, ScheduledExecutorService timers, RandomGenerator random) {
    this.client = client;
    this.timers = timers;
    this.random = random;
  }

  /** Events that come in an order of their own, as those of a partition do. */
  Feed stream(LongFunction<Write> events) {
    Stream stream = new Stream(events);
    streams.add(stream);
    return stream;
  }

  private final class Stream implements Feed {
    private final LongFunction<Write> events;
    private double offered;
    private long taken;
    private long written;

    Stream(LongFunction<Write> events) {
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
    public long accepted() {
      return taken;
    }

    @Override
    public long applied() {
      return written;
    }

    private boolean hasNext() {
      return taken + 1 <= offered;
    }

    private WriteRequest next() {
      Effect effect = events.apply(taken++).effects().get(0);
      return WriteRequest.builder().putRequest(put -> put.item(effect.item())).build();
    }
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

  private Map<WriteRequest, Stream> next() {
    Map<WriteRequest, Stream> requests = new LinkedHashMap<>();
    int without = 0;
    while (requests.size() < BATCH && open < BUFFERED && without < streams.size()) {
      Stream stream = streams.remove();
      streams.add(stream);
      if (stream.hasNext()) {
        requests.put(stream.next(), stream);
        open++;
        without = 0;
      } else {
        without++;
      }
    }
    return requests;
  }

  private void send(Batch batch) {
    inFlight++;
    List<WriteRequest> requests = List.copyOf(batch.requests.keySet());
    BatchWriteItemRequest request =
        BatchWriteItemRequest.builder().requestItems(Map.of(Rig.TABLE, requests)).build();
    var unused =
        client
            .batchWriteItem(request)
            .handle(
                (response, thrown) -> {
                  inFlight--;
                  ended(batch, thrown == null ? unprocessed(response) : requests);
                  send();
                  return null;
                });
  }

  private static List<WriteRequest> unprocessed(BatchWriteItemResponse response) {
    return response.unprocessedItems().values().stream().flatMap(List::stream).toList();
  }

  private void ended(Batch batch, List<WriteRequest> unprocessed) {
    Map<WriteRequest, Stream> left = new LinkedHashMap<>(batch.requests);
    left.keySet().retainAll(new HashSet<>(unprocessed));
    open -= batch.requests.size() - left.size();
    batch.requests.values().forEach(stream -> stream.written++);
    left.values().forEach(stream -> stream.written--);
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
}
