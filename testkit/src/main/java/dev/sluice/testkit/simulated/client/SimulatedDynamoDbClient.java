package dev.sluice.testkit.simulated.client;

import static java.util.Objects.requireNonNull;

import dev.sluice.testkit.simulated.engine.Operation;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.CreateTableResponse;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.DeleteTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteTableResponse;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbResponse;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ListTablesRequest;
import software.amazon.awssdk.services.dynamodb.model.ListTablesResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateTimeToLiveRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateTimeToLiveResponse;

/**
 * One worker's client of a {@link SimulatedDynamoDb}, for virtual time: replies come after a
 * latency, and any request may meet with a {@link Fate}. Several clients may share one service.
 *
 * <p>Fates given to {@link #next} come first, in their order; else they are drawn by the {@link
 * Mishaps} in force. A request's {@code apiCallTimeout} is kept; the client itself never retries.
 * Futures complete on the executor; they fail with a {@code CompletionException} around what the
 * SDK would report. Operations that are not simulated throw {@link UnsupportedOperationException}.
 *
 * <p>Safe for use by several threads: calls and events of all clients of one service take turns
 * under its lock. With {@code VirtualTime} a run repeats exactly.
 */
public final class SimulatedDynamoDbClient implements DynamoDbAsyncClient {

  private final Wire wire;
  private final Map<Operation, Queue<Fate>> script = new EnumMap<>(Operation.class);

  /**
   * A client of a service.
   *
   * @param service the service
   * @param timers where everything happens that happens later
   * @param serviceClock the service's clock; give the code under test another one to have it skewed
   * @param random where fates and latencies are drawn from
   */
  public SimulatedDynamoDbClient(
      SimulatedDynamoDb service,
      ScheduledExecutorService timers,
      InstantSource serviceClock,
      RandomGenerator random) {
    this.wire =
        new Wire(
            requireNonNull(service, "service"),
            requireNonNull(timers, "timers"),
            requireNonNull(serviceClock, "serviceClock"),
            requireNonNull(random, "random"));
  }

  /** From now on requests are drawn by these chances; {@link Mishaps#none()} at first. */
  public void mishaps(Mishaps mishaps) {
    synchronized (wire.lock()) {
      wire.mishaps(requireNonNull(mishaps, "mishaps"));
    }
  }

  /**
   * The next requests of this operation meet with these fates, after those already given.
   *
   * @throws IllegalArgumentException if a fate makes no sense for the operation
   */
  public void next(Operation operation, Fate... fates) {
    for (var fate : fates) {
      if (!fate.appliesTo(operation)) {
        throw new IllegalArgumentException(fate + " of " + operation);
      }
    }
    synchronized (wire.lock()) {
      script.computeIfAbsent(operation, key -> new ArrayDeque<>()).addAll(Arrays.asList(fates));
    }
  }

  /**
   * The worker dies: no pending future ever completes, and nothing new is sent. What is on its way
   * may still land, by the chance in the {@link Mishaps}.
   */
  public void crash() {
    synchronized (wire.lock()) {
      wire.crash();
    }
  }

  /** {@return how often each fate has come about, without those that never have} */
  public Map<Fate, Long> counts() {
    synchronized (wire.lock()) {
      return wire.counts();
    }
  }

  /** {@return what the service's clock says, and its replies in their {@code Date}} */
  public Instant serviceTime() {
    return wire.serviceTime();
  }

  private <R extends DynamoDbResponse> CompletableFuture<R> send(
      Operation operation, DynamoDbRequest request, Class<R> type) {
    synchronized (wire.lock()) {
      if (wire.isCrashed()) {
        wire.count(Fate.UNSENT);
        return new CompletableFuture<>();
      }
      var scripted = script.get(operation);
      var fate = scripted == null ? null : scripted.poll();
      return new Call<>(wire, operation, request, type)
          .start(fate != null ? fate : wire.mishaps().draw(operation, wire.random()));
    }
  }

  @Override
  public CompletableFuture<PutItemResponse> putItem(PutItemRequest request) {
    return send(Operation.PUT_ITEM, request, PutItemResponse.class);
  }

  @Override
  public CompletableFuture<GetItemResponse> getItem(GetItemRequest request) {
    return send(Operation.GET_ITEM, request, GetItemResponse.class);
  }

  @Override
  public CompletableFuture<UpdateItemResponse> updateItem(UpdateItemRequest request) {
    return send(Operation.UPDATE_ITEM, request, UpdateItemResponse.class);
  }

  @Override
  public CompletableFuture<DeleteItemResponse> deleteItem(DeleteItemRequest request) {
    return send(Operation.DELETE_ITEM, request, DeleteItemResponse.class);
  }

  @Override
  public CompletableFuture<BatchWriteItemResponse> batchWriteItem(BatchWriteItemRequest request) {
    return send(Operation.BATCH_WRITE_ITEM, request, BatchWriteItemResponse.class);
  }

  @Override
  public CompletableFuture<BatchGetItemResponse> batchGetItem(BatchGetItemRequest request) {
    return send(Operation.BATCH_GET_ITEM, request, BatchGetItemResponse.class);
  }

  @Override
  public CompletableFuture<BatchExecuteStatementResponse> batchExecuteStatement(
      BatchExecuteStatementRequest request) {
    return send(Operation.BATCH_EXECUTE_STATEMENT, request, BatchExecuteStatementResponse.class);
  }

  @Override
  public CompletableFuture<TransactWriteItemsResponse> transactWriteItems(
      TransactWriteItemsRequest request) {
    return send(Operation.TRANSACT_WRITE_ITEMS, request, TransactWriteItemsResponse.class);
  }

  @Override
  public CompletableFuture<QueryResponse> query(QueryRequest request) {
    return send(Operation.QUERY, request, QueryResponse.class);
  }

  @Override
  public CompletableFuture<ScanResponse> scan(ScanRequest request) {
    return send(Operation.SCAN, request, ScanResponse.class);
  }

  @Override
  public CompletableFuture<CreateTableResponse> createTable(CreateTableRequest request) {
    return send(Operation.CREATE_TABLE, request, CreateTableResponse.class);
  }

  @Override
  public CompletableFuture<DeleteTableResponse> deleteTable(DeleteTableRequest request) {
    return send(Operation.DELETE_TABLE, request, DeleteTableResponse.class);
  }

  @Override
  public CompletableFuture<DescribeTableResponse> describeTable(DescribeTableRequest request) {
    return send(Operation.DESCRIBE_TABLE, request, DescribeTableResponse.class);
  }

  @Override
  public CompletableFuture<ListTablesResponse> listTables(ListTablesRequest request) {
    return send(Operation.LIST_TABLES, request, ListTablesResponse.class);
  }

  @Override
  public CompletableFuture<DescribeTimeToLiveResponse> describeTimeToLive(
      DescribeTimeToLiveRequest request) {
    return send(Operation.DESCRIBE_TIME_TO_LIVE, request, DescribeTimeToLiveResponse.class);
  }

  @Override
  public CompletableFuture<UpdateTimeToLiveResponse> updateTimeToLive(
      UpdateTimeToLiveRequest request) {
    return send(Operation.UPDATE_TIME_TO_LIVE, request, UpdateTimeToLiveResponse.class);
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  /** Does nothing: pending requests go on. */
  @Override
  public void close() {}
}
