package dev.sluice.benchmarks.writer;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbServiceClientConfiguration;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;

/**
 * Answers every write with success, at once, on the calling thread, by replies that were built
 * beforehand: those that the SDK makes of the service's, HTTP headers included. It allocates
 * nothing.
 */
final class InstantDynamoDb implements DynamoDbAsyncClient {
  private final CompletableFuture<PutItemResponse> put;
  private final CompletableFuture<BatchWriteItemResponse> batchWrite;
  private final CompletableFuture<BatchExecuteStatementResponse>[] claims;
  private final CompletableFuture<BatchExecuteStatementResponse>[] creates;

  InstantDynamoDb() {
    SdkHttpResponse http =
        SdkHttpResponse.builder()
            .statusCode(200)
            .putHeader("Content-Type", "application/x-amz-json-1.0")
            .putHeader(
                "Date",
                DateTimeFormatter.RFC_1123_DATE_TIME.format(Instant.now().atOffset(ZoneOffset.UTC)))
            .putHeader("x-amzn-RequestId", "INSTANT")
            .build();
    put = done(PutItemResponse.builder(), http, PutItemResponse.class);
    batchWrite =
        done(
            BatchWriteItemResponse.builder().unprocessedItems(Collections.emptyMap()),
            http,
            BatchWriteItemResponse.class);
    claims = statements(Tables.LEDGER.name(), http);
    creates = statements(Tables.DATA, http);
  }

  private static <R> CompletableFuture<R> done(
      SdkResponse.Builder response, SdkHttpResponse http, Class<R> type) {
    return CompletableFuture.completedFuture(type.cast(response.sdkHttpResponse(http).build()));
  }

  /** Replies by the number of statements. */
  private static CompletableFuture<BatchExecuteStatementResponse>[] statements(
      String table, SdkHttpResponse http) {
    BatchStatementResponse each = BatchStatementResponse.builder().tableName(table).build();
    @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of generic types
    CompletableFuture<BatchExecuteStatementResponse>[] replies =
        new CompletableFuture[Requests.BATCH + 1];
    for (int count = 0; count <= Requests.BATCH; count++) {
      replies[count] =
          done(
              BatchExecuteStatementResponse.builder().responses(Collections.nCopies(count, each)),
              http,
              BatchExecuteStatementResponse.class);
    }
    return replies;
  }

  @Override
  public CompletableFuture<PutItemResponse> putItem(PutItemRequest request) {
    return put;
  }

  @Override
  public CompletableFuture<BatchWriteItemResponse> batchWriteItem(BatchWriteItemRequest request) {
    return batchWrite;
  }

  @Override
  public CompletableFuture<BatchExecuteStatementResponse> batchExecuteStatement(
      BatchExecuteStatementRequest request) {
    boolean claim = request.statements().get(0).statement().contains(Tables.LEDGER.name());
    return (claim ? claims : creates)[request.statements().size()];
  }

  @Override
  public DynamoDbServiceClientConfiguration serviceClientConfiguration() {
    throw new UnsupportedOperationException("This client has no configuration.");
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {}
}
