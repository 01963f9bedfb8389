package dev.sluice.benchmarks.cpu;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * The requests that Sluice makes, of the same sizes and as many of them under way, by the SDK alone
 * and for the sunny day only: nothing is checked, ordered, retried, resolved or remembered. What no
 * client of these requests can do without is what they cost.
 */
final class BareSdkVariant implements Variant {
  private static final int BATCH = 25;
  private static final long EXPIRES = 1_800_000_000L;
  private static final AttributeValue MODE = AttributeValue.fromS("LEDGER");
  private static final AttributeValue NO_SUFFIX = AttributeValue.fromS("-");
  private static final AttributeValue KEYS =
      AttributeValue.fromB(
          SdkBytes.fromByteArrayUnsafe("0123456789abcdef".getBytes(StandardCharsets.US_ASCII)));
  private static final String INSERT_CLAIM =
      "INSERT INTO \"event-ledger\" VALUE {'expireAt': ?, 'id': ?, 'keys': ?, 'mode': ?, 'src': ?,"
          + " 'suffixes': ?}";
  private static final String INSERT_ITEM =
      "INSERT INTO \"payments\" VALUE {'amount': ?, 'customer': ?, 'payload': ?, 'pk': ?,"
          + " 'status': ?}";
  private static final String CLAIM_CONDITION =
      "attribute_not_exists(#id) OR (#expireAt < :now AND #src <> :mine)";
  private static final Map<String, String> CLAIM_NAMES =
      Map.of("#id", "id", "#expireAt", "expireAt", "#src", "src");

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
    for (int from = 0; from < events.size(); from += BATCH) {
      List<Event> batch = events.subList(from, Math.min(from + BATCH, events.size()));
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
    List<BatchStatementRequest> statements = new ArrayList<>(batch.size());
    for (Event event : batch) {
      statements.add(
          BatchStatementRequest.builder()
              .statement(INSERT_CLAIM)
              .parameters(
                  expiry(), id(event), KEYS, MODE, AttributeValue.fromS(event.source()), NO_SUFFIX)
              .build());
    }
    end(insert(statements).thenCompose(claimed -> writeItems(batch)));
  }

  /** The batch of items is under way beside the puts that the permits count. */
  private void claimOneByOne(List<Event> batch) throws InterruptedException {
    List<CompletableFuture<?>> puts = new ArrayList<>(batch.size());
    for (Event event : batch) {
      permits.acquire();
      CompletableFuture<?> put = client.putItem(claim(event));
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

  private static PutItemRequest claim(Event event) {
    AttributeValue source = AttributeValue.fromS(event.source());
    return PutItemRequest.builder()
        .tableName(Tables.LEDGER.name())
        .item(
            Map.of(
                "id", id(event),
                "src", source,
                "mode", MODE,
                "keys", KEYS,
                "suffixes", NO_SUFFIX,
                "expireAt", expiry()))
        .conditionExpression(CLAIM_CONDITION)
        .expressionAttributeNames(CLAIM_NAMES)
        .expressionAttributeValues(Map.of(":now", expiry(), ":mine", source))
        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
        .build();
  }

  private CompletableFuture<?> writeItems(List<Event> batch) {
    return items == Items.CREATED ? create(batch) : put(batch);
  }

  private CompletableFuture<?> create(List<Event> batch) {
    List<BatchStatementRequest> statements = new ArrayList<>(batch.size());
    for (Event event : batch) {
      Map<String, AttributeValue> item = event.item();
      statements.add(
          BatchStatementRequest.builder()
              .statement(INSERT_ITEM)
              .parameters(
                  item.get("amount"),
                  item.get("customer"),
                  item.get("payload"),
                  item.get("pk"),
                  item.get("status"))
              .build());
    }
    return insert(statements);
  }

  private CompletableFuture<?> put(List<Event> batch) {
    List<WriteRequest> writes = new ArrayList<>(batch.size());
    for (Event event : batch) {
      writes.add(WriteRequest.builder().putRequest(put -> put.item(event.item())).build());
    }
    return client
        .batchWriteItem(
            BatchWriteItemRequest.builder().requestItems(Map.of(Tables.DATA, writes)).build())
        .thenAccept(
            response -> {
              if (!response.unprocessedItems().isEmpty()) {
                throw new IllegalStateException("Items were left unprocessed.");
              }
            });
  }

  private CompletableFuture<?> insert(List<BatchStatementRequest> statements) {
    return client
        .batchExecuteStatement(
            BatchExecuteStatementRequest.builder().statements(statements).build())
        .thenAccept(BareSdkVariant::requireDone);
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

  private static AttributeValue id(Event event) {
    return AttributeValue.fromS("benchmark#" + event.id());
  }

  private static AttributeValue expiry() {
    return AttributeValue.fromN(Long.toString(EXPIRES));
  }

  @Override
  public void close() {}
}
