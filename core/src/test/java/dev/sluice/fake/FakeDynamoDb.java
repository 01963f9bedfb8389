package dev.sluice.fake;

import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpResponse;
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
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.DeleteTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbResponse;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * A client of the simulated DynamoDB for tests that say what becomes of which request: answered
 * after a latency, or spoilt in a chosen way. Everything sent is kept for assertions.
 */
public final class FakeDynamoDb implements DynamoDbAsyncClient {

  /** What happens to a request. */
  public sealed interface Fate {
    /** Applied and answered. */
    record Served() implements Fate {}

    /** Applied, but the reply is lost. */
    record ReplyLost() implements Fate {}

    /** Not applied; the connection breaks. */
    record NotSent() implements Fate {}

    /** Not applied; the service answers with an error code. */
    record ErrorResponse(String code, int status) implements Fate {}

    /** The future never completes; applied or not. */
    record NeverAnswered(boolean applied) implements Fate {}

    /** Answered only after a while, and applied at the end of it. */
    record Late(long millis) implements Fate {}

    /** A batch of which only the first few are processed. */
    record Partly(int processed) implements Fate {}

    /** A batch of statements of which one fails with an error code. */
    record StatementError(int index, BatchStatementErrorCodeEnum code) implements Fate {}

    /** A batch of statements of which every one fails with an error code. */
    record StatementErrors(BatchStatementErrorCodeEnum code) implements Fate {}

    /** A transaction that is cancelled for one of its actions; none is named for -1. */
    record Cancelled(int action, String code) implements Fate {}

    /** Not applied; the call fails with something of another kind than an error response. */
    record Thrown(Supplier<? extends Throwable> failure) implements Fate {}

    /** The client throws instead of answering. */
    record ThrownAtOnce(Supplier<? extends RuntimeException> failure) implements Fate {}

    /** Served, but a condition that fails does not show the item that it failed on. */
    record ItemHidden() implements Fate {}

    /** A batch of statements of which one fails with any code, or none. */
    record StatementCode(int index, @Nullable String code) implements Fate {}

    /** A batch of statements, the first of which fail with these codes. */
    record StatementCodes(List<String> codes) implements Fate {}

    /** Answered with an error code if some item in it holds this text; else served. */
    record ErrorResponseIf(String code, String text) implements Fate {}

    /** Not applied, and answered with success by something before the service. */
    record Foreign(SdkHttpResponse http) implements Fate {}

    /** A transaction that is cancelled with a single reason, whatever it holds. */
    record CancelledWithOneReason(String code) implements Fate {}

    /** Never answered nor applied if some item in it holds this text; else served. */
    record NeverAnsweredIfItHolds(String text) implements Fate {}

    /** Answered with a ValidationException if some item in it holds this attribute. */
    record InvalidIfItHolds(String attribute) implements Fate {}
  }

  /** One request that was sent. */
  public record Sent(String operation, DynamoDbRequest request) {}

  private record Rule(Predicate<Sent> matches, Fate fate, boolean once) {}

  private static final long LATENCY_MILLIS = 5;

  private final ScheduledExecutorService scheduler;
  private final SimulatedDynamoDb service;
  private final InstantSource clock;
  private final Deque<Rule> rules = new ArrayDeque<>();
  public final List<Sent> sent = new ArrayList<>();
  private int underWay;
  private int mostUnderWay;
  private boolean crashed;

  public FakeDynamoDb(ScheduledExecutorService scheduler, InstantSource clock) {
    this(scheduler, clock, SimulatedDynamoDb.create());
  }

  private FakeDynamoDb(
      ScheduledExecutorService scheduler, InstantSource clock, SimulatedDynamoDb service) {
    this.scheduler = scheduler;
    this.clock = clock;
    this.service = service;
  }

  public FakeDynamoDb table(String name, KeyAttribute partitionKey) {
    service.createTable(name, partitionKey);
    return this;
  }

  public FakeDynamoDb table(String name, KeyAttribute partitionKey, KeyAttribute sortKey) {
    service.createTable(name, partitionKey, sortKey);
    return this;
  }

  /** Deletes a table with all that is in it, and makes it again with a partition key alone. */
  public void remake(String name, KeyAttribute partitionKey) {
    drop(name);
    service.createTable(name, partitionKey);
  }

  /** Deletes a table with all that is in it, and makes it again with other keys. */
  public void remake(String name, KeyAttribute partitionKey, KeyAttribute sortKey) {
    drop(name);
    service.createTable(name, partitionKey, sortKey);
  }

  /** Deletes a table. */
  public void drop(String name) {
    var unused = serve(DeleteTableRequest.builder().tableName(name).build());
  }

  /** The service behind it. */
  public SimulatedDynamoDb service() {
    return service;
  }

  private DynamoDbResponse serve(DynamoDbRequest request) {
    synchronized (service) {
      return service.execute(request, clock.instant());
    }
  }

  public void next(String operation, Fate fate) {
    rules.addLast(new Rule(sent -> sent.operation.equals(operation), fate, true));
  }

  /** The next request of this operation that names this table. */
  public void next(String operation, String table, Fate fate) {
    rules.addLast(
        new Rule(sent -> sent.operation.equals(operation) && names(sent, table), fate, true));
  }

  private static boolean names(Sent sent, String table) {
    String text = sent.request.toString();
    return text.contains('"' + table + '"') || text.contains("TableName=" + table + ',');
  }

  public void always(String operation, Fate fate) {
    rules.addLast(new Rule(sent -> sent.operation.equals(operation), fate, false));
  }

  /** Every request of this operation that names this table. */
  public void always(String operation, String table, Fate fate) {
    rules.addLast(
        new Rule(sent -> sent.operation.equals(operation) && names(sent, table), fate, false));
  }

  public void heal() {
    rules.clear();
  }

  /** From now on nothing is applied and nothing answers: the process behind it has died. */
  public void crash() {
    crashed = true;
  }

  /** Another client on the same tables. */
  public FakeDynamoDb another() {
    return new FakeDynamoDb(scheduler, clock, service);
  }

  public List<Map<String, AttributeValue>> items(String table) {
    synchronized (service) {
      return service.items(table);
    }
  }

  public void putDirectly(String table, Map<String, AttributeValue> item) {
    var unused = serve(PutItemRequest.builder().tableName(table).item(item).build());
  }

  /** Deletes an item behind everyone's back. */
  public void deleteDirectly(String table, Map<String, AttributeValue> key) {
    var unused = serve(DeleteItemRequest.builder().tableName(table).key(key).build());
  }

  public List<DynamoDbRequest> sent(String operation) {
    return sent.stream().filter(s -> s.operation.equals(operation)).map(Sent::request).toList();
  }

  /** What was sent of an operation, naming a table. */
  public List<DynamoDbRequest> sent(String operation, String table) {
    return sent.stream()
        .filter(s -> s.operation.equals(operation) && names(s, table))
        .map(Sent::request)
        .toList();
  }

  public int mostUnderWay() {
    return mostUnderWay;
  }

  private <R> CompletableFuture<R> handle(
      String operation, DynamoDbRequest request, Function<Fate, R> applyUnder) {
    Sent seen = new Sent(operation, request);
    sent.add(seen);
    Fate fate = crashed ? new Fate.NeverAnswered(false) : fate(seen);
    if (fate instanceof Fate.ThrownAtOnce thrown) {
      throw thrown.failure.get();
    }
    if (fate instanceof Fate.NeverAnsweredIfItHolds never) {
      boolean holds = request.toString().contains(never.text);
      fate = holds ? new Fate.NeverAnswered(false) : new Fate.Served();
    }
    return handle(request, fate, applyUnder);
  }

  private <R> CompletableFuture<R> handle(
      DynamoDbRequest request, Fate fate, Function<Fate, R> applyUnder) {
    mostUnderWay = Math.max(mostUnderWay, ++underWay);
    Supplier<R> apply = () -> applyUnder.apply(fate);
    CompletableFuture<R> reply = new CompletableFuture<>();
    long latency = fate instanceof Fate.Late late ? late.millis : LATENCY_MILLIS;
    if (fate instanceof Fate.NeverAnswered never && !never.applied) {
      return reply;
    }
    var unused =
        scheduler.schedule(
            () -> {
              underWay--;
              if (!crashed) {
                answer(reply, fate, apply, request);
              }
            },
            latency,
            TimeUnit.MILLISECONDS);
    return reply;
  }

  private <R> void answer(
      CompletableFuture<R> reply, Fate fate, Supplier<R> apply, DynamoDbRequest request) {
    if (fate instanceof Fate.NotSent) {
      reply.completeExceptionally(broken("connection reset"));
    } else if (fate instanceof Fate.ErrorResponseIf error
        && request.toString().contains(error.text)) {
      reply.completeExceptionally(serviceError(error.code, 400));
    } else if (fate instanceof Fate.Foreign foreign) {
      reply.complete(success(request, foreign.http));
    } else if (fate instanceof Fate.Thrown thrown) {
      reply.completeExceptionally(thrown.failure.get());
    } else if (fate instanceof Fate.CancelledWithOneReason cancelled) {
      reply.completeExceptionally(cancellation(List.of(reason(cancelled.code))));
    } else if (fate instanceof Fate.ErrorResponse error) {
      reply.completeExceptionally(serviceError(error.code, error.status));
    } else if (fate instanceof Fate.Cancelled cancelled
        && request instanceof TransactWriteItemsRequest transaction) {
      reply.completeExceptionally(cancellation(transaction, cancelled));
    } else if (fate instanceof Fate.InvalidIfItHolds invalid
        && request.toString().contains(invalid.attribute)) {
      reply.completeExceptionally(serviceError("ValidationException", 400));
    } else {
      R result;
      try {
        result = apply.get();
      } catch (DynamoDbException e) {
        if (!(fate instanceof Fate.ReplyLost || fate instanceof Fate.NeverAnswered)) {
          reply.completeExceptionally(fate instanceof Fate.ItemHidden ? withoutItems(e) : e);
          return;
        }
        result = null;
      }
      if (fate instanceof Fate.ReplyLost) {
        reply.completeExceptionally(broken("reply lost"));
      } else if (!(fate instanceof Fate.NeverAnswered)) {
        reply.complete(result);
      }
    }
  }

  /** A broken connection, as the SDK reports it. */
  private static SdkClientException broken(String what) {
    return SdkClientException.builder()
        .message(what)
        .cause(new IOException(what))
        .numAttempts(1)
        .build();
  }

  private static DynamoDbException cancellation(
      TransactWriteItemsRequest transaction, Fate.Cancelled cancelled) {
    List<CancellationReason> reasons = new ArrayList<>();
    for (int i = 0; i < transaction.transactItems().size(); i++) {
      String code = i == cancelled.action ? cancelled.code : "None";
      reasons.add(reason(code));
    }
    return cancellation(reasons);
  }

  private static CancellationReason reason(String code) {
    return CancellationReason.builder().code(code).build();
  }

  /** What an endpoint answers that does not know {@code ReturnValuesOnConditionCheckFailure}. */
  private static DynamoDbException withoutItems(DynamoDbException e) {
    if (e instanceof ConditionalCheckFailedException failed) {
      return failed.toBuilder().item(null).build();
    }
    return e instanceof TransactionCanceledException cancelled
        ? cancellation(
            cancelled.cancellationReasons().stream().map(reason -> reason(reason.code())).toList())
        : e;
  }

  private static DynamoDbException cancellation(List<CancellationReason> reasons) {
    return TransactionCanceledException.builder()
        .statusCode(400)
        .cancellationReasons(reasons)
        .awsErrorDetails(
            AwsErrorDetails.builder().errorCode("TransactionCanceledException").build())
        .build();
  }

  public static DynamoDbException serviceError(String code, int status) {
    return (DynamoDbException)
        DynamoDbException.builder()
            .statusCode(status)
            .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build())
            .build();
  }

  private Fate fate(Sent seen) {
    Optional<Rule> found = rules.stream().filter(rule -> rule.matches.test(seen)).findFirst();
    found.filter(Rule::once).ifPresent(rules::remove);
    return found.map(Rule::fate).orElseGet(Fate.Served::new);
  }

  @Override
  public CompletableFuture<PutItemResponse> putItem(PutItemRequest request) {
    return handle("PutItem", request, fate -> (PutItemResponse) serve(request));
  }

  @Override
  public CompletableFuture<DeleteItemResponse> deleteItem(DeleteItemRequest request) {
    return handle("DeleteItem", request, fate -> (DeleteItemResponse) serve(request));
  }

  @Override
  public CompletableFuture<BatchGetItemResponse> batchGetItem(BatchGetItemRequest request) {
    return handle("BatchGetItem", request, fate -> (BatchGetItemResponse) serve(request));
  }

  @Override
  public CompletableFuture<GetItemResponse> getItem(GetItemRequest request) {
    return handle("GetItem", request, fate -> (GetItemResponse) serve(request));
  }

  @Override
  public CompletableFuture<DescribeTableResponse> describeTable(DescribeTableRequest request) {
    return handle("DescribeTable", request, fate -> (DescribeTableResponse) serve(request));
  }

  @Override
  public CompletableFuture<TransactWriteItemsResponse> transactWriteItems(
      TransactWriteItemsRequest request) {
    return handle(
        "TransactWriteItems", request, fate -> (TransactWriteItemsResponse) serve(request));
  }

  @Override
  public CompletableFuture<BatchWriteItemResponse> batchWriteItem(BatchWriteItemRequest request) {
    return handle(
        "BatchWriteItem",
        request,
        fate ->
            fate instanceof Fate.Partly some
                ? writeSome(request, some.processed)
                : (BatchWriteItemResponse) serve(request));
  }

  private BatchWriteItemResponse writeSome(BatchWriteItemRequest request, int processed) {
    Map<String, List<WriteRequest>> served = new HashMap<>();
    Map<String, List<WriteRequest>> left = new HashMap<>();
    request
        .requestItems()
        .forEach(
            (table, writes) -> {
              int cut = Math.min(processed, writes.size());
              putUnlessEmpty(served, table, writes.subList(0, cut));
              putUnlessEmpty(left, table, writes.subList(cut, writes.size()));
            });
    if (!served.isEmpty()) {
      var unused = serve(request.toBuilder().requestItems(served).build());
    }
    return BatchWriteItemResponse.builder().unprocessedItems(left).build();
  }

  private static void putUnlessEmpty(
      Map<String, List<WriteRequest>> map, String table, List<WriteRequest> writes) {
    if (!writes.isEmpty()) {
      map.put(table, writes);
    }
  }

  @Override
  public CompletableFuture<BatchExecuteStatementResponse> batchExecuteStatement(
      BatchExecuteStatementRequest request) {
    return handle(
        "BatchExecuteStatement",
        request,
        fate -> {
          if (fate instanceof Fate.StatementErrors all) {
            return BatchExecuteStatementResponse.builder()
                .responses(
                    Collections.nCopies(request.statements().size(), statementError(all.code)))
                .build();
          }
          if (fate instanceof Fate.StatementCodes codes) {
            int failing = Math.min(codes.codes.size(), request.statements().size());
            return executeBehind(request, codes.codes.subList(0, failing));
          }
          if (fate instanceof Fate.StatementError one && one.index < request.statements().size()) {
            return executeOthers(request, one.index, statementError(one.code));
          }
          return fate instanceof Fate.StatementCode one && one.index < request.statements().size()
              ? executeOthers(request, one.index, statementError(one.code))
              : (BatchExecuteStatementResponse) serve(request);
        });
  }

  /** What the SDK makes of an empty response. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <R> R success(DynamoDbRequest request, SdkHttpResponse http) {
    DynamoDbResponse.Builder empty;
    if (request instanceof PutItemRequest) {
      empty = PutItemResponse.builder();
    } else if (request instanceof BatchWriteItemRequest) {
      empty = BatchWriteItemResponse.builder();
    } else if (request instanceof BatchExecuteStatementRequest) {
      empty = BatchExecuteStatementResponse.builder();
    } else if (request instanceof BatchGetItemRequest) {
      empty = BatchGetItemResponse.builder();
    } else {
      empty = TransactWriteItemsResponse.builder();
    }
    empty.sdkHttpResponse(http);
    return (R) empty.build();
  }

  private static BatchStatementResponse statementError(BatchStatementErrorCodeEnum code) {
    return BatchStatementResponse.builder()
        .error(BatchStatementError.builder().code(code).build())
        .build();
  }

  private static BatchStatementResponse statementError(@Nullable String code) {
    return BatchStatementResponse.builder()
        .error(BatchStatementError.builder().code(code).build())
        .build();
  }

  private BatchExecuteStatementResponse executeBehind(
      BatchExecuteStatementRequest request, List<String> codes) {
    List<BatchStatementResponse> responses =
        new ArrayList<>(codes.stream().map(FakeDynamoDb::statementError).toList());
    List<BatchStatementRequest> others =
        request.statements().subList(codes.size(), request.statements().size());
    if (!others.isEmpty()) {
      var executed = serve(request.toBuilder().statements(others).build());
      responses.addAll(((BatchExecuteStatementResponse) executed).responses());
    }
    return BatchExecuteStatementResponse.builder().responses(responses).build();
  }

  private BatchExecuteStatementResponse executeOthers(
      BatchExecuteStatementRequest request, int failed, BatchStatementResponse error) {
    List<BatchStatementRequest> others = new ArrayList<>(request.statements());
    others.remove(failed);
    List<BatchStatementResponse> responses = new ArrayList<>();
    if (!others.isEmpty()) {
      var executed = serve(request.toBuilder().statements(others).build());
      responses.addAll(((BatchExecuteStatementResponse) executed).responses());
    }
    responses.add(failed, error);
    return BatchExecuteStatementResponse.builder().responses(responses).build();
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {}
}
