package dev.sluice.testkit.simulated.fidelity;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;

/**
 * Where the simulated DynamoDB and DynamoDB Local may differ. Each case is one where Local is not
 * the real service, or where neither promises anything. Some are kept out of the random requests:
 *
 * <ul>
 *   <li>One item inserted twice in a batch of statements: both refuse the request, but Local has
 *       then applied the statements before the second one.
 *   <li>One item twice in a transaction: the service refuses the request, Local may take another
 *       action's failed condition for the reason.
 *   <li>Keys of a batch read or a transaction that are equal as numbers but not as text: Local
 *       takes them for two.
 *   <li>The form of numbers: Local keeps 2.50 as it is in a set, or when it came by a statement.
 *   <li>A key that is missing or no scalar in a transaction: Local refuses the request, the service
 *       cancels the transaction ({@code TransactionKeyIT}).
 *   <li>What is not of the form of a request: {@code MalformedRequestIT}.
 *   <li>Indexes: {@code IndexIT}.
 * </ul>
 */
final class KnownDifferences {

  private static final Object REFUSED = "refused";

  private KnownDifferences() {}

  static Object level(DynamoDbRequest request, Object outcome) {
    // Descriptions hold times and ARNs.
    if (request instanceof CreateTableRequest) {
      return "";
    }
    @SuppressWarnings("unchecked")
    Map<String, Object> plain = new TreeMap<>((Map<String, Object>) outcome);
    if (!isCapacityComparable(request, plain)) {
      plain.remove("ConsumedCapacity");
    }
    if (request instanceof QueryRequest query && isAtBound(query, plain)) {
      plain.remove("LastEvaluatedKey");
    }
    if (request instanceof TransactWriteItemsRequest && isInvalidForItem(plain)) {
      return REFUSED;
    }
    if (request instanceof BatchExecuteStatementRequest) {
      return withoutTablesOfErrors(plain);
    }
    // Neither promises whether the table is looked for before other things are checked.
    if (Set.of("ValidationException", "ResourceNotFoundException").contains(code(plain))
        && request.toString().contains("no-such-table")) {
      return REFUSED;
    }
    // Neither promises an order.
    return request instanceof ScanRequest || request instanceof BatchGetItemRequest
        ? Outcomes.unordered(plain)
        : plain;
  }

  /**
   * Local charges nothing for queries, scans and batch reads that find nothing, twice for deletes
   * in a batch that find nothing, and once for those in a transaction. The service charges at least
   * one unit each ("Capacity unit consumption").
   */
  private static boolean isCapacityComparable(DynamoDbRequest request, Map<String, Object> plain) {
    if (request instanceof QueryRequest || request instanceof ScanRequest) {
      return !Integer.valueOf(0).equals(plain.get("ScannedCount"));
    }
    return !(request instanceof BatchGetItemRequest
        || request instanceof BatchWriteItemRequest
        || request instanceof TransactWriteItemsRequest);
  }

  /**
   * A page that is full with the last item that the key condition allows: Local gives no last key.
   * The service promises only that without a last key there is nothing more.
   */
  private static boolean isAtBound(QueryRequest query, Map<String, Object> plain) {
    if (!(plain.get("LastEvaluatedKey") instanceof Map<?, ?> last)) {
      return false;
    }
    var bound = query.expressionAttributeValues().get(":low");
    return !last.containsKey("sk")
        || (bound != null && Outcomes.plain(bound).equals(last.get("sk")));
  }

  /**
   * An update in a transaction that does not fit its item: Local refuses the request, the service
   * cancels the transaction with {@code ValidationError} ({@code TransactionCanceledException} of
   * the API reference).
   */
  private static boolean isInvalidForItem(Map<String, Object> plain) {
    return code(plain).equals("ValidationException")
        || (plain.get("CancellationReasons") instanceof List<?> reasons
            && reasons.contains(Map.of("Code", "ValidationError")));
  }

  /** Local names the table of a failed statement, but not always; nothing says that it does. */
  private static Map<String, Object> withoutTablesOfErrors(Map<String, Object> plain) {
    if (plain.get("Responses") instanceof List<?> responses) {
      for (var response : responses) {
        if (response instanceof Map<?, ?> map && map.containsKey("Error")) {
          map.remove("TableName");
        }
      }
    }
    return plain;
  }

  private static String code(Map<String, Object> plain) {
    return String.valueOf(plain.get("code"));
  }
}
