package dev.sluice.testkit.simulated.fidelity;

import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbResponse;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/** Sends a request of any class through a client. */
final class Send {

  private Send() {}

  static DynamoDbResponse to(DynamoDbAsyncClient client, DynamoDbRequest request) {
    return future(client, request).join();
  }

  private static CompletableFuture<? extends DynamoDbResponse> future(
      DynamoDbAsyncClient client, DynamoDbRequest request) {
    if (request instanceof PutItemRequest put) {
      return client.putItem(put);
    } else if (request instanceof DeleteItemRequest delete) {
      return client.deleteItem(delete);
    } else if (request instanceof UpdateItemRequest update) {
      return client.updateItem(update);
    } else if (request instanceof GetItemRequest get) {
      return client.getItem(get);
    } else if (request instanceof BatchWriteItemRequest batch) {
      return client.batchWriteItem(batch);
    } else if (request instanceof BatchGetItemRequest batch) {
      return client.batchGetItem(batch);
    } else if (request instanceof BatchExecuteStatementRequest batch) {
      return client.batchExecuteStatement(batch);
    } else if (request instanceof TransactWriteItemsRequest transaction) {
      return client.transactWriteItems(transaction);
    } else if (request instanceof QueryRequest query) {
      return client.query(query);
    } else if (request instanceof ScanRequest scan) {
      return client.scan(scan);
    } else if (request instanceof DescribeTimeToLiveRequest describe) {
      return client.describeTimeToLive(describe);
    } else if (request instanceof CreateTableRequest create) {
      return client.createTable(create);
    }
    throw new IllegalArgumentException("unknown: " + request);
  }
}
