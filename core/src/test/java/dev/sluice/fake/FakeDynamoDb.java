package dev.sluice.fake;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementError;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementErrorCodeEnum;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * A DynamoDB in memory for tests in virtual time: the few requests that the writer sends, answered
 * after a latency, and any of them spoilt in a chosen way. Everything sent is kept for assertions.
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
    record Refused(String code, int status) implements Fate {}

    /** The future never completes; applied or not. */
    record NeverAnswered(boolean applied) implements Fate {}

    /** Answered only after a while, and applied at the end of it. */
    record Late(long millis) implements Fate {}

    /** A batch of which only the first few are processed. */
    record Partly(int processed) implements Fate {}

    /** A batch of statements of which one fails with an error code. */
    record StatementRefused(int index, BatchStatementErrorCodeEnum code) implements Fate {}

    /** Refused with a ValidationException if some item in it holds this attribute. */
    record RefusedIfItHolds(String attribute) implements Fate {}
  }

  /** One request that was sent. */
  public record Sent(String operation, DynamoDbRequest request) {}

  /** Draws what happens to a request that no rule is for. */
  public interface Weather {
    Fate fate(String operation);
  }

  private record Rule(Predicate<Sent> matches, Fate fate, boolean once) {}

  private static final Pattern INSERT = Pattern.compile("INSERT INTO \"([^\"]+)\" VALUE \\{(.*)}");
  private static final Pattern NAME = Pattern.compile("'((?:[^']|'')+)': \\?");
  private static final long LATENCY_MILLIS = 5;

  private final ScheduledExecutorService scheduler;
  private final Map<String, List<String>> keys = new HashMap<>();
  private final Map<String, Map<String, Map<String, AttributeValue>>> tables = new TreeMap<>();
  private final Deque<Rule> rules = new ArrayDeque<>();
  public final List<Sent> sent = new ArrayList<>();
  private int underWay;
  private int mostUnderWay;
  private boolean crashed;
  private Weather weather = operation -> new Fate.Served();
  private double landsAfterCrash;
  private RandomGenerator random = new SplittableRandom(0);
  private String refusedAttribute = "";

  public FakeDynamoDb(ScheduledExecutorService scheduler) {
    this.scheduler = scheduler;
  }

  public FakeDynamoDb table(String name, String... keyAttributes) {
    keys.put(name, List.of(keyAttributes));
    tables.put(name, new TreeMap<>());
    return this;
  }

  public void next(String operation, Fate fate) {
    rules.addLast(new Rule(sent -> sent.operation.equals(operation), fate, true));
  }

  public void always(String operation, Fate fate) {
    rules.addLast(new Rule(sent -> sent.operation.equals(operation), fate, false));
  }

  public void heal() {
    rules.clear();
  }

  /** What happens to requests that no rule is for. */
  public void weather(Weather next) {
    weather = next;
  }

  /** Items that hold this attribute are refused for good; none if it is empty. */
  public void refuse(String attribute) {
    refusedAttribute = attribute;
  }

  /** As {@link #crash()}, but what is on the wire still lands with some probability. */
  public void crash(double probability, RandomGenerator drawn) {
    landsAfterCrash = probability;
    random = drawn;
    crashed = true;
  }

  /** From now on nothing is applied and nothing answers: the process behind it has died. */
  public void crash() {
    crashed = true;
  }

  /** Another client on the same tables. */
  public FakeDynamoDb another() {
    FakeDynamoDb other = new FakeDynamoDb(scheduler);
    other.keys.putAll(keys);
    other.tables.putAll(tables);
    return other;
  }

  public List<Map<String, AttributeValue>> items(String table) {
    return List.copyOf(tables.get(table).values());
  }

  public void putDirectly(String table, Map<String, AttributeValue> item) {
    tables.get(table).put(key(table, item), item);
  }

  /** Deletes items behind everyone's back. */
  public int deleteWhere(String table, Predicate<Map<String, AttributeValue>> condition) {
    Map<String, Map<String, AttributeValue>> items = tables.get(table);
    int before = items.size();
    items.values().removeIf(condition);
    return before - items.size();
  }

  public List<DynamoDbRequest> sent(String operation) {
    return sent.stream().filter(s -> s.operation.equals(operation)).map(Sent::request).toList();
  }

  public int mostUnderWay() {
    return mostUnderWay;
  }

  private String key(String table, Map<String, AttributeValue> item) {
    StringBuilder key = new StringBuilder();
    keys.get(table).forEach(name -> key.append(item.get(name)).append('|'));
    return key.toString();
  }

  private <R> CompletableFuture<R> handle(
      String operation, DynamoDbRequest request, Function<Fate, R> applyUnder) {
    Sent seen = new Sent(operation, request);
    sent.add(seen);
    mostUnderWay = Math.max(mostUnderWay, ++underWay);
    Fate fate = crashed ? new Fate.NeverAnswered(false) : fate(seen);
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
              if (crashed) {
                landAfterCrash(fate, apply);
                return;
              }
              answer(reply, fate, apply, request);
            },
            latency,
            TimeUnit.MILLISECONDS);
    return reply;
  }

  private void landAfterCrash(Fate fate, Supplier<?> apply) {
    boolean applies =
        !(fate instanceof Fate.NotSent)
            && !(fate instanceof Fate.Refused)
            && random.nextDouble() < landsAfterCrash;
    if (applies) {
      try {
        var unused = apply.get();
      } catch (DynamoDbException e) {
        // Nobody is there to be told.
      }
    }
  }

  private <R> void answer(
      CompletableFuture<R> reply, Fate fate, Supplier<R> apply, DynamoDbRequest request) {
    if (fate instanceof Fate.NotSent) {
      reply.completeExceptionally(SdkClientException.create("connection reset"));
    } else if (fate instanceof Fate.Refused refused) {
      reply.completeExceptionally(serviceError(refused.code, refused.status));
    } else if (fate instanceof Fate.RefusedIfItHolds refused
        && request.toString().contains(refused.attribute)) {
      reply.completeExceptionally(serviceError("ValidationException", 400));
    } else {
      R result;
      try {
        result = apply.get();
      } catch (DynamoDbException e) {
        if (!(fate instanceof Fate.ReplyLost || fate instanceof Fate.NeverAnswered)) {
          reply.completeExceptionally(e);
          return;
        }
        result = null;
      }
      if (fate instanceof Fate.ReplyLost) {
        reply.completeExceptionally(SdkClientException.create("reply lost"));
      } else if (!(fate instanceof Fate.NeverAnswered)) {
        reply.complete(result);
      }
    }
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
    return found.map(Rule::fate).orElseGet(() -> weather.fate(seen.operation));
  }

  private void requireAccepted(Map<String, AttributeValue> item) {
    if (!refusedAttribute.isEmpty() && item.containsKey(refusedAttribute)) {
      throw serviceError("ValidationException", 400);
    }
  }

  @Override
  public CompletableFuture<PutItemResponse> putItem(PutItemRequest request) {
    return handle("PutItem", request, fate -> put(request));
  }

  private PutItemResponse put(PutItemRequest request) {
    requireAccepted(request.item());
    Map<String, Map<String, AttributeValue>> table = tables.get(request.tableName());
    String key = key(request.tableName(), request.item());
    Map<String, AttributeValue> standing = table.get(key);
    if (standing != null && !mayReplace(request, standing)) {
      throw conditionFailed(request, standing);
    }
    table.put(key, request.item());
    return PutItemResponse.builder().build();
  }

  private static boolean mayReplace(PutItemRequest request, Map<String, AttributeValue> standing) {
    return request.conditionExpression() == null
        || new Condition(request.expressionAttributeNames(), request.expressionAttributeValues())
            .holds(request.conditionExpression(), standing);
  }

  private static ConditionalCheckFailedException conditionFailed(
      PutItemRequest request, Map<String, AttributeValue> standing) {
    ConditionalCheckFailedException.Builder failure = ConditionalCheckFailedException.builder();
    failure.awsErrorDetails(
        AwsErrorDetails.builder().errorCode("ConditionalCheckFailedException").build());
    failure.statusCode(400);
    if (request.returnValuesOnConditionCheckFailure()
        == ReturnValuesOnConditionCheckFailure.ALL_OLD) {
      failure.item(standing);
    }
    return failure.build();
  }

  @Override
  public CompletableFuture<DeleteItemResponse> deleteItem(DeleteItemRequest request) {
    return handle("DeleteItem", request, fate -> delete(request));
  }

  private DeleteItemResponse delete(DeleteItemRequest request) {
    Map<String, Map<String, AttributeValue>> table = tables.get(request.tableName());
    String key = key(request.tableName(), request.key());
    Map<String, AttributeValue> standing = table.get(key);
    Condition condition =
        new Condition(request.expressionAttributeNames(), request.expressionAttributeValues());
    if (standing == null || !condition.holds(request.conditionExpression(), standing)) {
      throw ConditionalCheckFailedException.builder().build();
    }
    table.remove(key);
    return DeleteItemResponse.builder().build();
  }

  @Override
  public CompletableFuture<BatchWriteItemResponse> batchWriteItem(BatchWriteItemRequest request) {
    return handle(
        "BatchWriteItem",
        request,
        fate ->
            writeBatch(
                request, fate instanceof Fate.Partly some ? some.processed : Integer.MAX_VALUE));
  }

  private BatchWriteItemResponse writeBatch(BatchWriteItemRequest request, int processed) {
    Map<String, List<WriteRequest>> unprocessed = new HashMap<>();
    request
        .requestItems()
        .forEach(
            (name, writes) -> {
              requireDistinct(name, writes);
              writes.stream()
                  .filter(write -> write.putRequest() != null)
                  .forEach(write -> requireAccepted(write.putRequest().item()));
              for (int i = 0; i < writes.size(); i++) {
                if (i >= processed) {
                  unprocessed.computeIfAbsent(name, n -> new ArrayList<>()).add(writes.get(i));
                } else if (writes.get(i).putRequest() != null) {
                  putDirectly(name, writes.get(i).putRequest().item());
                } else {
                  tables.get(name).remove(key(name, writes.get(i).deleteRequest().key()));
                }
              }
            });
    return BatchWriteItemResponse.builder().unprocessedItems(unprocessed).build();
  }

  private void requireDistinct(String name, List<WriteRequest> writes) {
    long distinct =
        writes.stream()
            .map(w -> w.putRequest() != null ? w.putRequest().item() : w.deleteRequest().key())
            .map(item -> key(name, item))
            .distinct()
            .count();
    if (distinct != writes.size() || writes.size() > 25) {
      throw serviceError("ValidationException", 400);
    }
  }

  @Override
  public CompletableFuture<BatchExecuteStatementResponse> batchExecuteStatement(
      BatchExecuteStatementRequest request) {
    return handle("BatchExecuteStatement", request, fate -> execute(request, fate));
  }

  private BatchExecuteStatementResponse execute(BatchExecuteStatementRequest request, Fate fate) {
    List<BatchStatementResponse> responses = new ArrayList<>();
    for (int i = 0; i < request.statements().size(); i++) {
      boolean refused = fate instanceof Fate.StatementRefused one && one.index == i;
      responses.add(
          refused
              ? error(((Fate.StatementRefused) fate).code)
              : insert(request.statements().get(i)));
    }
    return BatchExecuteStatementResponse.builder().responses(responses).build();
  }

  private BatchStatementResponse insert(BatchStatementRequest statement) {
    Matcher insert = INSERT.matcher(statement.statement());
    if (!insert.matches()) {
      throw new AssertionError("unknown statement " + statement.statement());
    }
    Map<String, AttributeValue> item = new HashMap<>();
    Matcher names = NAME.matcher(insert.group(2));
    for (AttributeValue value : statement.parameters()) {
      if (!names.find()) {
        throw new AssertionError("more parameters than names");
      }
      item.put(names.group(1).replace("''", "'"), value);
    }
    if (!refusedAttribute.isEmpty() && item.containsKey(refusedAttribute)) {
      return error(BatchStatementErrorCodeEnum.VALIDATION_ERROR);
    }
    String name = insert.group(1);
    if (tables.get(name).containsKey(key(name, item))) {
      return error(BatchStatementErrorCodeEnum.DUPLICATE_ITEM);
    }
    putDirectly(name, item);
    return BatchStatementResponse.builder().tableName(name).build();
  }

  private static BatchStatementResponse error(BatchStatementErrorCodeEnum code) {
    return BatchStatementResponse.builder()
        .error(BatchStatementError.builder().code(code).build())
        .build();
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {}
}
