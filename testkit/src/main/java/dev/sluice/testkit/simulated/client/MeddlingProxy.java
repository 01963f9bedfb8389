package dev.sluice.testkit.simulated.client;

import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbServiceClientConfiguration;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbResponse;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;

/**
 * What stands between a client and the service: a proxy with a clock of its own. It changes the
 * {@code Date} of answers, or answers 503 itself; what it does to a request is asked for each time.
 * Of the operations it passes on those that write, and {@code BatchGetItem}.
 */
public final class MeddlingProxy implements DynamoDbAsyncClient {

  /**
   * What it does to a request.
   *
   * @param off how far the {@code Date} of the answer is off
   * @param answersItself whether it answers 503 without asking the service
   */
  public record Meddling(Duration off, boolean answersItself) {}

  private final DynamoDbAsyncClient client;
  private final InstantSource clock;
  private final Supplier<@Nullable Meddling> drawn;

  /**
   * A proxy before a client.
   *
   * @param client the client that reaches the service
   * @param clock the service's clock
   * @param drawn what to do to the next request; null for nothing
   */
  public MeddlingProxy(
      DynamoDbAsyncClient client, InstantSource clock, Supplier<@Nullable Meddling> drawn) {
    this.client = client;
    this.clock = clock;
    this.drawn = drawn;
  }

  private <R extends DynamoDbResponse> CompletableFuture<R> pass(
      Supplier<CompletableFuture<R>> send, Class<R> type) {
    Meddling meddling = drawn.get();
    if (meddling == null) {
      return send.get();
    }
    if (meddling.answersItself()) {
      AwsErrorDetails page =
          AwsErrorDetails.builder().sdkHttpResponse(dated(503, meddling.off())).build();
      return CompletableFuture.failedFuture(
          new CompletionException(
              DynamoDbException.builder().statusCode(503).awsErrorDetails(page).build()));
    }
    return send.get()
        .handle(
            (response, thrown) -> {
              if (thrown == null) {
                var dated = response.toBuilder().sdkHttpResponse(dated(200, meddling.off()));
                return type.cast(dated.build());
              }
              throw new CompletionException(redated(thrown, meddling.off()));
            });
  }

  private Throwable redated(Throwable thrown, Duration off) {
    Throwable cause = thrown.getCause();
    if (!(cause instanceof DynamoDbException error)) {
      return cause == null ? thrown : cause;
    }
    var details = error.awsErrorDetails().toBuilder();
    details.sdkHttpResponse(dated(error.statusCode(), off));
    return error.toBuilder().awsErrorDetails(details.build()).build();
  }

  private SdkHttpResponse dated(int status, Duration off) {
    var date = clock.instant().plus(off).atOffset(ZoneOffset.UTC);
    return SdkHttpResponse.builder()
        .statusCode(status)
        .putHeader("Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(date))
        .build();
  }

  @Override
  public CompletableFuture<TransactWriteItemsResponse> transactWriteItems(
      TransactWriteItemsRequest request) {
    return pass(() -> client.transactWriteItems(request), TransactWriteItemsResponse.class);
  }

  @Override
  public CompletableFuture<PutItemResponse> putItem(PutItemRequest request) {
    return pass(() -> client.putItem(request), PutItemResponse.class);
  }

  @Override
  public CompletableFuture<DeleteItemResponse> deleteItem(DeleteItemRequest request) {
    return pass(() -> client.deleteItem(request), DeleteItemResponse.class);
  }

  @Override
  public CompletableFuture<BatchGetItemResponse> batchGetItem(BatchGetItemRequest request) {
    return pass(() -> client.batchGetItem(request), BatchGetItemResponse.class);
  }

  @Override
  public CompletableFuture<GetItemResponse> getItem(GetItemRequest request) {
    return pass(() -> client.getItem(request), GetItemResponse.class);
  }

  @Override
  public CompletableFuture<DescribeTableResponse> describeTable(DescribeTableRequest request) {
    return pass(() -> client.describeTable(request), DescribeTableResponse.class);
  }

  @Override
  public CompletableFuture<BatchWriteItemResponse> batchWriteItem(BatchWriteItemRequest request) {
    return pass(() -> client.batchWriteItem(request), BatchWriteItemResponse.class);
  }

  @Override
  public CompletableFuture<BatchExecuteStatementResponse> batchExecuteStatement(
      BatchExecuteStatementRequest request) {
    return pass(() -> client.batchExecuteStatement(request), BatchExecuteStatementResponse.class);
  }

  @Override
  public DynamoDbServiceClientConfiguration serviceClientConfiguration() {
    return client.serviceClientConfiguration();
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
