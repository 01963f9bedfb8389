package dev.sluice.benchmarks.flow;

import static java.util.Objects.requireNonNull;

import dev.sluice.model.LedgerTable;
import dev.sluice.testkit.simulated.error.ServiceErrors;
import dev.sluice.testkit.simulated.throughput.Admission;
import dev.sluice.testkit.simulated.throughput.Charge;
import dev.sluice.testkit.simulated.throughput.Throttle;
import dev.sluice.testkit.simulated.throughput.Throughput;
import dev.sluice.testkit.simulated.throughput.UnitKind;
import dev.sluice.testkit.simulated.throughput.Usage;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementError;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementErrorCodeEnum;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * A ledger and a data table for tens of millions of numbered events, in virtual time: of most
 * events it keeps a bit and a count. Units are spent as by the whole simulated service. It knows
 * what a writer with a ledger sends for puts of small items, and nothing else.
 */
final class CompactDynamoDb implements DynamoDbAsyncClient {
  private static final long NANOS_PER_MILLI = 1_000_000L;

  private final VirtualTime time;
  private final long latencyMillis;
  private final Admission admission = new Admission();
  private final LongPredicate comesAgain;
  private final BitSet claimed = new BitSet();
  private final byte[] puts;
  // The entries that will be asked for.
  private final Map<String, Map<String, AttributeValue>> entries = new HashMap<>();
  private final InsertText insert = new InsertText();
  private long duplicates;

  /**
   * Creates empty tables without limits.
   *
   * @param time in which it answers
   * @param latency after which it answers
   * @param events the most events
   * @param comesAgain whether another record of an event will come
   */
  CompactDynamoDb(VirtualTime time, Duration latency, int events, LongPredicate comesAgain) {
    this.time = time;
    this.latencyMillis = latency.toMillis();
    this.puts = new byte[events];
    this.comesAgain = comesAgain;
  }

  void limit(String table, Throughput throughput) {
    admission.limit(table, throughput, time.nanoTime());
  }

  Usage usage(String table) {
    return admission.usage(table);
  }

  /** {@return how often an event was put} */
  int puts(int event) {
    return puts[event];
  }

  /** {@return how many claims found another record's} */
  long duplicates() {
    return duplicates;
  }

  private <R> CompletableFuture<R> reply(Supplier<R> reply) {
    CompletableFuture<R> future = new CompletableFuture<>();
    // It cannot be lost: the scheduler runs all that is due.
    ScheduledFuture<?> unused =
        time.scheduler()
            .schedule(
                () -> {
                  try {
                    future.complete(reply.get());
                  } catch (RuntimeException e) {
                    future.completeExceptionally(e);
                  }
                },
                latencyMillis * NANOS_PER_MILLI,
                TimeUnit.NANOSECONDS);
    return future;
  }

  private @Nullable Throttle take(String table, String key, UnitKind kind) {
    return admission.take(new Charge(table, key, kind, 1), time.nanoTime());
  }

  private static <V> V in(Map<String, V> map, String key) {
    return requireNonNull(map.get(key), key);
  }

  /** The number at the end of an event's id. */
  private static int number(String id) {
    int number = 0;
    int scale = 1;
    for (int i = id.length() - 1; i >= 0 && Character.isDigit(id.charAt(i)); i--) {
      number += scale * (id.charAt(i) - '0');
      scale *= 10;
    }
    return number;
  }

  @Override
  public CompletableFuture<BatchExecuteStatementResponse> batchExecuteStatement(
      BatchExecuteStatementRequest request) {
    return reply(
        () -> {
          List<BatchStatementResponse> responses = new ArrayList<>(request.statements().size());
          for (BatchStatementRequest statement : request.statements()) {
            responses.add(claim(statement));
          }
          return BatchExecuteStatementResponse.builder().responses(responses).build();
        });
  }

  private BatchStatementResponse claim(BatchStatementRequest statement) {
    String id = insert.id(statement);
    Throttle throttle = take(Rig.LEDGER, id, UnitKind.WRITE);
    if (throttle != null) {
      return error(throttle.statementCode());
    }
    int number = number(id);
    if (claimed.get(number)) {
      return error(BatchStatementErrorCodeEnum.DUPLICATE_ITEM);
    }
    claimed.set(number);
    if (comesAgain.test(number)) {
      entries.put(id, InsertText.item(statement));
    }
    return BatchStatementResponse.builder().tableName(Rig.LEDGER).build();
  }

  private static BatchStatementResponse error(BatchStatementErrorCodeEnum code) {
    return BatchStatementResponse.builder()
        .error(BatchStatementError.builder().code(code).message(code.toString()).build())
        .build();
  }

  @Override
  public CompletableFuture<BatchGetItemResponse> batchGetItem(BatchGetItemRequest request) {
    return reply(
        () -> {
          List<Map<String, AttributeValue>> found = new ArrayList<>();
          for (Map<String, AttributeValue> key : in(request.requestItems(), Rig.LEDGER).keys()) {
            String id = in(key, LedgerTable.PARTITION_KEY).s();
            if (take(Rig.LEDGER, id, UnitKind.READ) != null) {
              throw new IllegalStateException("The ledger was to have read units enough.");
            }
            duplicates++;
            found.add(in(entries, id));
          }
          return BatchGetItemResponse.builder()
              .responses(Map.of(Rig.LEDGER, found))
              .unprocessedKeys(Map.of())
              .build();
        });
  }

  @Override
  public CompletableFuture<PutItemResponse> putItem(PutItemRequest request) {
    return reply(
        () -> {
          String id = in(request.item(), LedgerTable.PARTITION_KEY).s();
          Throttle throttle = take(Rig.LEDGER, id, UnitKind.WRITE);
          if (throttle != null) {
            throw throttle.exception();
          }
          int number = number(id);
          if (claimed.get(number)) {
            duplicates++;
            throw ServiceErrors.conditionFailed(in(entries, id));
          }
          claimed.set(number);
          if (comesAgain.test(number)) {
            entries.put(id, request.item());
          }
          return PutItemResponse.builder().build();
        });
  }

  @Override
  public CompletableFuture<BatchWriteItemResponse> batchWriteItem(BatchWriteItemRequest request) {
    return reply(
        () -> {
          List<WriteRequest> left = new ArrayList<>(0);
          for (WriteRequest write : in(request.requestItems(), Rig.TABLE)) {
            Map<String, AttributeValue> item = write.putRequest().item();
            if (take(Rig.TABLE, in(item, "pk").s(), UnitKind.WRITE) == null) {
              puts[number(in(item, "sk").s())]++;
            } else {
              left.add(write);
            }
          }
          return BatchWriteItemResponse.builder()
              .unprocessedItems(left.isEmpty() ? Map.of() : Map.of(Rig.TABLE, left))
              .build();
        });
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {}
}
