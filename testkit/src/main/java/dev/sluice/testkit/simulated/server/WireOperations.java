package dev.sluice.testkit.simulated.server;

import dev.sluice.testkit.simulated.engine.Operation;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ListTablesRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateTimeToLiveRequest;

/** Which request an {@code X-Amz-Target} header announces. */
final class WireOperations {

  private static final String PREFIX = "DynamoDB_20120810.";
  private static final Map<String, Supplier<SdkPojo>> BUILDERS = new HashMap<>();

  static {
    for (var operation : Operation.values()) {
      BUILDERS.put(PREFIX + operation.wireName(), builder(operation));
    }
  }

  private WireOperations() {}

  /** A builder of the request, or null if the operation is not simulated. */
  static @Nullable SdkPojo builder(String target) {
    var builder = BUILDERS.get(target);
    return builder == null ? null : builder.get();
  }

  private static Supplier<SdkPojo> builder(Operation operation) {
    return switch (operation) {
      case BATCH_EXECUTE_STATEMENT -> BatchExecuteStatementRequest::builder;
      case BATCH_GET_ITEM -> BatchGetItemRequest::builder;
      case BATCH_WRITE_ITEM -> BatchWriteItemRequest::builder;
      case CREATE_TABLE -> CreateTableRequest::builder;
      case DELETE_ITEM -> DeleteItemRequest::builder;
      case DELETE_TABLE -> DeleteTableRequest::builder;
      case DESCRIBE_TABLE -> DescribeTableRequest::builder;
      case DESCRIBE_TIME_TO_LIVE -> DescribeTimeToLiveRequest::builder;
      case GET_ITEM -> GetItemRequest::builder;
      case LIST_TABLES -> ListTablesRequest::builder;
      case PUT_ITEM -> PutItemRequest::builder;
      case QUERY -> QueryRequest::builder;
      case SCAN -> ScanRequest::builder;
      case TRANSACT_WRITE_ITEMS -> TransactWriteItemsRequest::builder;
      case UPDATE_ITEM -> UpdateItemRequest::builder;
      case UPDATE_TIME_TO_LIVE -> UpdateTimeToLiveRequest::builder;
    };
  }
}
