package dev.sluice.benchmarks.writer;

import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbServiceClientConfiguration;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementErrorCodeEnum;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;

/**
 * A client whose account may not do all that Sluice does to the ledger, so that Sluice does it one
 * by one, as it does for such accounts.
 */
public final class RestrictedAccount implements DynamoDbAsyncClient {
  private final DynamoDbAsyncClient client;
  private final String ledger;
  private final boolean mayInsert;

  private RestrictedAccount(DynamoDbAsyncClient client, String ledger, boolean mayInsert) {
    this.client = client;
    this.ledger = '"' + ledger + '"';
    this.mayInsert = mayInsert;
  }

  /** An account that may neither claim by statements nor read claims in bulk. */
  public static DynamoDbAsyncClient withoutBatches(DynamoDbAsyncClient client, String ledger) {
    return new RestrictedAccount(client, ledger, false);
  }

  /** An account that may not read claims in bulk. */
  static DynamoDbAsyncClient withoutReads(DynamoDbAsyncClient client, String ledger) {
    return new RestrictedAccount(client, ledger, true);
  }

  @Override
  public CompletableFuture<BatchExecuteStatementResponse> batchExecuteStatement(
      BatchExecuteStatementRequest request) {
    if (mayInsert || !request.statements().get(0).statement().contains(ledger)) {
      return client.batchExecuteStatement(request);
    }
    BatchStatementResponse denied =
        BatchStatementResponse.builder()
            .error(error -> error.code(BatchStatementErrorCodeEnum.ACCESS_DENIED))
            .build();
    return CompletableFuture.completedFuture(
        BatchExecuteStatementResponse.builder()
            .responses(Collections.nCopies(request.statements().size(), denied))
            .build());
  }

  @Override
  public CompletableFuture<BatchGetItemResponse> batchGetItem(BatchGetItemRequest request) {
    return CompletableFuture.failedFuture(
        DynamoDbException.builder()
            .statusCode(400)
            .awsErrorDetails(AwsErrorDetails.builder().errorCode("AccessDeniedException").build())
            .build());
  }

  @Override
  public CompletableFuture<PutItemResponse> putItem(PutItemRequest request) {
    return client.putItem(request);
  }

  @Override
  public CompletableFuture<BatchWriteItemResponse> batchWriteItem(BatchWriteItemRequest request) {
    return client.batchWriteItem(request);
  }

  @Override
  public CompletableFuture<DescribeTableResponse> describeTable(DescribeTableRequest request) {
    return client.describeTable(request);
  }

  @Override
  public CompletableFuture<DescribeTimeToLiveResponse> describeTimeToLive(
      DescribeTimeToLiveRequest request) {
    return client.describeTimeToLive(request);
  }

  @Override
  public DynamoDbServiceClientConfiguration serviceClientConfiguration() {
    return client.serviceClientConfiguration();
  }

  @Override
  public String serviceName() {
    return client.serviceName();
  }

  /** Leaves the client to whoever made it. */
  @Override
  public void close() {}
}
