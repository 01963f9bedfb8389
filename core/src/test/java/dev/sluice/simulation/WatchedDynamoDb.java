package dev.sluice.simulation;

import static dev.sluice.simulation.SimulatedTables.SHARDED;

import dev.sluice.model.LedgerTable;
import dev.sluice.model.Suffix;
import dev.sluice.shard.KeySharder;
import dev.sluice.shard.PhysicalKey;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbServiceClientConfiguration;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
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
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * Looks at what a writer sends: no transaction names an item twice. The service would reject it as
 * a whole, and the writer then sends its events one by one, so that little else would show. And
 * nothing goes to a shard that the writer's sharder does not read, unless it is a later one.
 */
final class WatchedDynamoDb implements DynamoDbAsyncClient {
  private static final List<String> KEYS = List.of("pk", "sk");

  private final DynamoDbAsyncClient client;
  private final Checks checks;
  private final KeySharder sharder;

  WatchedDynamoDb(DynamoDbAsyncClient client, Checks checks, KeySharder sharder) {
    this.client = client;
    this.checks = checks;
    this.sharder = sharder;
  }

  private void look(Collection<AttributeValue> values) {
    for (AttributeValue value : values) {
      if (value.s() != null && value.s().startsWith(Event.SHARDED_KEY)) {
        PhysicalKey.parse(value).ifPresent(key -> look(key.suffix()));
      }
    }
  }

  private void look(Suffix suffix) {
    if (!sharder.reads(suffix) && suffix.generation() <= sharder.generation()) {
      var unused = checks.failLater("a writer with " + sharder + " writes to the shard " + suffix);
    }
  }

  private record Key(String table, List<AttributeValue> values) {
    static Key of(String table, Map<String, AttributeValue> item) {
      List<String> names =
          table.equals(SimulatedTables.LEDGER)
              ? List.of(LedgerTable.PARTITION_KEY)
              : table.equals(SimulatedTables.PLAIN) ? KEYS : KEYS.subList(0, 1);
      return new Key(table, names.stream().map(item::get).toList());
    }

    static Key of(TransactWriteItem action) {
      if (action.put() != null) {
        return of(action.put().tableName(), action.put().item());
      }
      return action.delete() != null
          ? of(action.delete().tableName(), action.delete().key())
          : of(action.update().tableName(), action.update().key());
    }
  }

  @Override
  public CompletableFuture<TransactWriteItemsResponse> transactWriteItems(
      TransactWriteItemsRequest request) {
    Set<Key> named = new HashSet<>();
    for (TransactWriteItem action : request.transactItems()) {
      if (!named.add(Key.of(action))) {
        var unused = checks.failLater("a transaction names an item twice");
      }
      look(Key.of(action).values());
    }
    return client.transactWriteItems(request);
  }

  @Override
  public CompletableFuture<PutItemResponse> putItem(PutItemRequest request) {
    look(request.item().values());
    return client.putItem(request);
  }

  @Override
  public CompletableFuture<DeleteItemResponse> deleteItem(DeleteItemRequest request) {
    return client.deleteItem(request);
  }

  @Override
  public CompletableFuture<BatchGetItemResponse> batchGetItem(BatchGetItemRequest request) {
    return client.batchGetItem(request);
  }

  @Override
  public CompletableFuture<GetItemResponse> getItem(GetItemRequest request) {
    return client.getItem(request);
  }

  @Override
  public CompletableFuture<DescribeTableResponse> describeTable(DescribeTableRequest request) {
    return client.describeTable(request);
  }

  @Override
  public CompletableFuture<BatchWriteItemResponse> batchWriteItem(BatchWriteItemRequest request) {
    for (WriteRequest each : request.requestItems().getOrDefault(SHARDED, List.of())) {
      look(each.putRequest().item().values());
    }
    return client.batchWriteItem(request);
  }

  @Override
  public CompletableFuture<BatchExecuteStatementResponse> batchExecuteStatement(
      BatchExecuteStatementRequest request) {
    request.statements().forEach(each -> look(each.parameters()));
    return client.batchExecuteStatement(request);
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
