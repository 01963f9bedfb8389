package dev.sluice.benchmarks.writer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementResponse;

/**
 * The requests that Sluice makes, of the same sizes and as many of them under way, by the SDK alone
 * and for the sunny day only: nothing is checked, ordered, retried, resolved or remembered. What no
 * client of these requests can do without is what they cost.
 */
final class BareSdkVariant implements Variant {
  /** How claims are made. */
  enum Claims {
    /** Twenty-five in one request. */
    IN_BATCHES,
    /** Each by a conditional put of its own. */
    ONE_BY_ONE
  }

  /** How items are written. */
  enum Items {
    /** By statements, if absent. */
    CREATED,
    /** By {@code BatchWriteItem}, in any case. */
    PUT
  }

  private final DynamoDbAsyncClient client;
  private final int inFlight;
  private final Claims claims;
  private final Items items;
  private final Semaphore permits;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  BareSdkVariant(DynamoDbAsyncClient client, int inFlight, Claims claims, Items items) {
    this.client = client;
    this.inFlight = inFlight;
    this.claims = claims;
    this.items = items;
    this.permits = new Semaphore(inFlight);
  }

  @Override
  public void write(List<Event> events) throws InterruptedException {
    for (int from = 0; from < events.size(); from += Requests.BATCH) {
      List<Event> batch = events.subList(from, Math.min(from + Requests.BATCH, events.size()));
      if (claims == Claims.IN_BATCHES) {
        claimTogether(batch);
      } else {
        claimOneByOne(batch);
      }
    }
    permits.acquire(inFlight);
    permits.release(inFlight);
    Throwable thrown = failure.get();
    if (thrown != null) {
      throw new IllegalStateException("The bare SDK failed to write.", thrown);
    }
  }

  private void claimTogether(List<Event> batch) throws InterruptedException {
    permits.acquire();
    end(insert(Requests.claims(batch)).thenCompose(claimed -> writeItems(batch)));
  }

  /** The batch of items is under way beside the puts that the permits count. */
  private void claimOneByOne(List<Event> batch) throws InterruptedException {
    List<CompletableFuture<?>> puts = new ArrayList<>(batch.size());
    for (Event event : batch) {
      permits.acquire();
      CompletableFuture<?> put = client.putItem(Requests.claim(event));
      end(put);
      puts.add(put);
    }
    permits.acquire();
    end(
        CompletableFuture.allOf(puts.toArray(CompletableFuture[]::new))
            .thenCompose(claimed -> writeItems(batch)));
  }

  private void end(CompletableFuture<?> last) {
    var unused =
        last.whenComplete(
            (done, thrown) -> {
              if (thrown != null) {
                failure.set(thrown);
              }
              permits.release();
            });
  }

  private CompletableFuture<?> writeItems(List<Event> batch) {
    return items == Items.CREATED ? insert(Requests.creates(batch)) : put(batch);
  }

  private CompletableFuture<?> put(List<Event> batch) {
    return client
        .batchWriteItem(Requests.puts(batch))
        .thenAccept(
            response -> {
              if (!response.unprocessedItems().isEmpty()) {
                throw new IllegalStateException("Items were left unprocessed.");
              }
            });
  }

  private CompletableFuture<?> insert(BatchExecuteStatementRequest request) {
    return client.batchExecuteStatement(request).thenAccept(BareSdkVariant::requireDone);
  }

  private static void requireDone(BatchExecuteStatementResponse response) {
    response
        .responses()
        .forEach(
            each -> {
              if (each.error() != null) {
                throw new IllegalStateException("A statement failed: " + each.error().code());
              }
            });
  }

  @Override
  public void close() {}
}
