package dev.sluice.request;

import dev.sluice.model.ConfigurationException;
import dev.sluice.model.KeySchema;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.SystemException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndexDescription;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;

/**
 * Reads the tables' keys once, at start, and says plainly what does not fit. Waits for what passes:
 * throttles, say, or a table that is being created. Blocks.
 */
public final class TableDescription {
  private static final Logger log = LoggerFactory.getLogger(TableDescription.class);

  private final DynamoDbAsyncClient client;
  private final StartTime start;
  private final ServiceTime time;

  /**
   * Creates the operation.
   *
   * @param client the client to ask with
   * @param start the time that is left
   * @param time put right by the answers
   */
  public TableDescription(DynamoDbAsyncClient client, StartTime start, ServiceTime time) {
    this.client = client;
    this.start = start;
    this.time = time;
  }

  /**
   * Reads a table's keys.
   *
   * @param tableName the table
   * @return the keys of the table and of its indexes
   * @throws ConfigurationException if there is no such table, or it takes no writes
   * @throws SystemException if the table could not be described
   */
  public KeySchema keysOf(String tableName) {
    var table =
        new StartQuestion<>(
                tableName,
                "DescribeTable",
                () -> client.describeTable(r -> r.tableName(tableName)),
                TableDescription::unready,
                start,
                time)
            .ask()
            .table();
    KeySchema schema = keysOf(table);
    if (schema == null) {
      throw new ConfigurationException("The table '" + tableName + "' was described without keys.");
    }
    return schema;
  }

  /** The keys of a table and of its indexes, or null if its description has none. */
  static @Nullable KeySchema keysOf(
      software.amazon.awssdk.services.dynamodb.model.TableDescription table) {
    Map<String, ScalarAttributeType> types = new HashMap<>();
    for (AttributeDefinition attribute : table.attributeDefinitions()) {
      types.put(attribute.attributeName(), attribute.attributeType());
    }
    KeySchema schema = null;
    // The service lists the partition key before the sort key.
    for (KeySchemaElement element : table.keySchema()) {
      String name = element.attributeName();
      ScalarAttributeType type = types.getOrDefault(name, ScalarAttributeType.S);
      schema = schema == null ? KeySchema.of(name, type) : schema.sortedBy(name, type);
    }
    if (schema == null) {
      return null;
    }
    for (Map.Entry<String, ScalarAttributeType> type : types.entrySet()) {
      schema = schema.indexedBy(type.getKey(), type.getValue());
    }
    for (GlobalSecondaryIndexDescription index : table.globalSecondaryIndexes()) {
      String name = index.keySchema().get(0).attributeName();
      ScalarAttributeType type = types.getOrDefault(name, ScalarAttributeType.S);
      schema = schema.indexedBy(index.indexName(), name, type);
    }
    return schema;
  }

  /**
   * Checks that a table's keys are as they were given, if the table may be described.
   *
   * @param tableName the table
   * @param given the keys as they were given
   * @throws ConfigurationException if there is no such table, or it has other keys
   * @throws SystemException if the service could not be asked
   */
  public void checkKeys(String tableName, KeySchema given) {
    KeySchema found;
    try {
      found = keysOf(tableName);
    } catch (SystemException e) {
      if (e.errorCode().equals("AccessDeniedException") || e.errorCode().equals("AccessDenied")) {
        log.debug("Table {}: it may not be described, so its keys are as given.", tableName);
        return;
      }
      throw e;
    }
    if (!found.toString().equals(given.toString())) {
      throw new ConfigurationException(
          "The table '" + tableName + "' has the key " + found + "; given was " + given + '.');
    }
  }

  /**
   * Checks that the ledger table can be one.
   *
   * @param ledger the ledger
   * @throws ConfigurationException if there is no such table, or it has other keys
   * @throws SystemException if the table could not be described
   */
  public void checkLedger(LedgerTable ledger) {
    KeySchema found = keysOf(ledger.name());
    boolean fits =
        found.partitionKey().equals(LedgerTable.PARTITION_KEY)
            && found.types().get(LedgerTable.PARTITION_KEY) == ScalarAttributeType.S
            && found.sortKey().isEmpty();
    if (!fits) {
      throw new ConfigurationException(
          "The table '"
              + ledger.name()
              + "' has the key "
              + found
              + "; a ledger has the partition key '"
              + LedgerTable.PARTITION_KEY
              + "' of type S and no sort key. LedgerTable.createTableRequest() makes one that fits.");
    }
  }

  /** What is waited for before a table can be used, or null if it can be. */
  private static @Nullable String unready(DescribeTableResponse answer) {
    var table = answer.table();
    TableStatus status = table == null ? null : table.tableStatus();
    if (status == null) {
      return null;
    }
    return switch (status) {
      case CREATING -> status.toString();
      case DELETING, INACCESSIBLE_ENCRYPTION_CREDENTIALS, ARCHIVING, ARCHIVED ->
          throw new ConfigurationException(
              "The table '"
                  + table.tableName()
                  + "' is "
                  + status
                  + ", and so takes no writes. "
                  + (status == TableStatus.INACCESSIBLE_ENCRYPTION_CREDENTIALS
                      ? "Give the table its KMS key back."
                      : "Create or restore it, or name another."));
      default -> null;
    };
  }
}
