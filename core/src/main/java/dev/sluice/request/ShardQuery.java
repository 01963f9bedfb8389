package dev.sluice.request;

import dev.sluice.model.KeySchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.Select;

/** Reads a page of one physical key by {@code Query}. Safe for use by several threads. */
public final class ShardQuery {
  private static final String PARTITION_KEY = "#" + QueryShape.RESERVED + "Key";
  private static final String PARTITION = ":" + QueryShape.RESERVED + "Key";
  private static final String PROJECTED = "#" + QueryShape.RESERVED;

  private final DynamoDbAsyncClient client;
  private final AwsRequestOverrideConfiguration override;
  private final String table;
  private final KeySchema keys;

  /**
   * Creates the operation.
   *
   * @param client the client to send with
   * @param requestTimeout after which a request is given up
   * @param table the table's name
   * @param keys its keys
   */
  public ShardQuery(
      DynamoDbAsyncClient client, Duration requestTimeout, String table, KeySchema keys) {
    this.client = client;
    this.override =
        AwsRequestOverrideConfiguration.builder().apiCallTimeout(requestTimeout).build();
    this.table = table;
    this.keys = keys;
  }

  /** {@return the table's name} */
  public String table() {
    return table;
  }

  /**
   * Reads a page.
   *
   * @param shape what the shards have in common
   * @param physicalKey the shard's partition key
   * @param after the sort key after which to go on, or null to begin
   * @param limit the most items to read, before the filter
   * @return the page or why there is none; never fails
   */
  public CompletableFuture<QueryReply> send(
      QueryShape shape, AttributeValue physicalKey, @Nullable AttributeValue after, int limit) {
    return send(request(shape, physicalKey, after).limit(limit).build());
  }

  /**
   * Counts the items of a page, of up to a megabyte, without bringing them.
   *
   * @param shape what the shards have in common, without a projection
   * @param physicalKey the shard's partition key
   * @param after the sort key after which to go on, or null to begin
   * @return a page without items or why there is none; never fails
   */
  public CompletableFuture<QueryReply> count(
      QueryShape shape, AttributeValue physicalKey, @Nullable AttributeValue after) {
    return send(request(shape, physicalKey, after).select(Select.COUNT).build());
  }

  private CompletableFuture<QueryReply> send(QueryRequest request) {
    try {
      return RequestSettings.answer(client.query(request)).handle(ShardQuery::reply);
    } catch (RuntimeException thrown) {
      return CompletableFuture.completedFuture(new QueryReply.Failed(Failure.of(thrown)));
    }
  }

  private QueryRequest.Builder request(
      QueryShape shape, AttributeValue physicalKey, @Nullable AttributeValue after) {
    Map<String, String> names = new HashMap<>(shape.names());
    names.put(PARTITION_KEY, keys.partitionKey());
    Map<String, AttributeValue> values = new HashMap<>(shape.values());
    values.put(PARTITION, physicalKey);
    QueryRequest.Builder request =
        QueryRequest.builder()
            .tableName(table)
            .keyConditionExpression(PARTITION_KEY + " = " + PARTITION + shape.condition())
            .filterExpression(shape.filter())
            .expressionAttributeValues(values)
            .consistentRead(shape.consistent())
            .scanIndexForward(shape.ascending())
            .returnConsumedCapacity(ReturnConsumedCapacity.TOTAL)
            .overrideConfiguration(override);
    if (!shape.projection().isEmpty()) {
      request.projectionExpression(projection(shape.projection(), names));
    }
    if (after != null) {
      request.exclusiveStartKey(
          Map.of(keys.partitionKey(), physicalKey, keys.sortKey().orElseThrow(), after));
    }
    return request.expressionAttributeNames(names);
  }

  private static String projection(List<String> attributes, Map<String, String> names) {
    List<String> placeholders = new ArrayList<>(attributes.size());
    for (String attribute : attributes) {
      String placeholder = PROJECTED + placeholders.size();
      names.put(placeholder, attribute);
      placeholders.add(placeholder);
    }
    return String.join(", ", placeholders);
  }

  private static QueryReply reply(@Nullable QueryResponse response, @Nullable Throwable thrown) {
    if (thrown != null || response == null) {
      return new QueryReply.Failed(
          Failure.of(thrown == null ? new IllegalStateException("no response") : thrown));
    }
    boolean ended = !response.hasLastEvaluatedKey() || response.lastEvaluatedKey().isEmpty();
    ConsumedCapacity consumed = response.consumedCapacity();
    Double units = consumed == null ? null : consumed.capacityUnits();
    return new QueryReply.Page(
        response.items(),
        ended ? null : response.lastEvaluatedKey(),
        response.count() == null ? response.items().size() : response.count(),
        units == null ? 0 : units);
  }
}
