package dev.sluice.read;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;

/** Keeps the queries that go through it, and rejects those that it is told to. */
final class WatchedClient implements DynamoDbAsyncClient {
  private final Function<QueryRequest, CompletableFuture<QueryResponse>> service;
  private final List<QueryRequest> queries = new ArrayList<>();
  private int underWay;
  private int mostUnderWay;
  Function<QueryRequest, @Nullable DynamoDbException> rejection = request -> null;

  WatchedClient(Function<QueryRequest, CompletableFuture<QueryResponse>> service) {
    this.service = service;
  }

  synchronized List<QueryRequest> queries() {
    return List.copyOf(queries);
  }

  synchronized void forget() {
    queries.clear();
  }

  synchronized int mostUnderWay() {
    return mostUnderWay;
  }

  /** The physical key that a query names. */
  static AttributeValue keyOf(QueryRequest query) {
    return query.expressionAttributeValues().get(":sluiceKey");
  }

  /** How many queries named this physical key. */
  long queriesOf(AttributeValue physicalKey) {
    return queries().stream().filter(query -> keyOf(query).equals(physicalKey)).count();
  }

  @Override
  public CompletableFuture<QueryResponse> query(QueryRequest request) {
    synchronized (this) {
      queries.add(request);
      underWay++;
      mostUnderWay = Math.max(mostUnderWay, underWay);
    }
    DynamoDbException rejected = rejection.apply(request);
    CompletableFuture<QueryResponse> reply =
        rejected == null ? service.apply(request) : CompletableFuture.failedFuture(rejected);
    return reply.whenComplete(
        (response, thrown) -> {
          synchronized (this) {
            underWay--;
          }
        });
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {}
}
