package dev.sluice.request;

import dev.sluice.model.ConfigurationException;
import dev.sluice.model.KeySchema;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.SystemException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveDescription;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;

/** Reads the tables' keys once, at start, and says plainly what does not fit. Blocks. */
public final class TableDescription {
  private static final Logger log = LoggerFactory.getLogger(TableDescription.class);

  private final DynamoDbAsyncClient client;
  private final Duration timeout;
  private final ServiceTime time;

  /**
   * Creates the operation.
   *
   * @param client the client to ask with
   * @param timeout how long to wait for each answer
   * @param time put right by the answers
   */
  public TableDescription(DynamoDbAsyncClient client, Duration timeout, ServiceTime time) {
    this.client = client;
    this.timeout = timeout;
    this.time = time;
  }

  /**
   * Reads a table's keys.
   *
   * @param tableName the table
   * @return the keys of the table and of its indexes
   * @throws ConfigurationException if there is no such table
   * @throws SystemException if the table could not be described
   */
  public KeySchema keysOf(String tableName) {
    var table =
        await(tableName, "DescribeTable", client.describeTable(r -> r.tableName(tableName)))
            .table();
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
      throw new ConfigurationException("The table '" + tableName + "' was described without keys.");
    }
    for (Map.Entry<String, ScalarAttributeType> type : types.entrySet()) {
      schema = schema.indexedBy(type.getKey(), type.getValue());
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
      if (e.errorCode().equals("AccessDeniedException")) {
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
   * Checks that the ledger table can be one, and warns if its entries never expire.
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
    warnWithoutExpiry(ledger);
  }

  private void warnWithoutExpiry(LedgerTable ledger) {
    TimeToLiveDescription ttl;
    try {
      ttl =
          await(
                  ledger.name(),
                  "DescribeTimeToLive",
                  client.describeTimeToLive(r -> r.tableName(ledger.name())))
              .timeToLiveDescription();
    } catch (SystemException e) {
      log.debug("Ledger {}: its TTL setting could not be read ({}).", ledger, e.errorCode());
      return;
    }
    boolean on =
        ttl.timeToLiveStatus() == TimeToLiveStatus.ENABLED
            || ttl.timeToLiveStatus() == TimeToLiveStatus.ENABLING;
    if (!on || !LedgerTable.EXPIRY.equals(ttl.attributeName())) {
      log.warn(
          "Ledger {}: TTL is not enabled on '{}', so claims are never deleted and the table only"
              + " grows. LedgerTable.timeToLiveRequest() enables it.",
          ledger,
          LedgerTable.EXPIRY);
    }
  }

  private <R extends AwsResponse> R await(
      String tableName, String operation, CompletableFuture<R> answer) {
    try {
      R response = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      time.observe(response, null);
      return response;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ResourceNotFoundException) {
        throw new ConfigurationException(
            "There is no table '"
                + tableName
                + "' in this client's account and region; create it first, or mend the name, the"
                + " region or the endpoint.");
      }
      Failure failure = Failure.of(e.getCause() == null ? e : e.getCause());
      if (failure.isOfContent()) {
        throw new ConfigurationException(
            "'" + tableName + "' is not a name that a DynamoDB table can have; mend it.");
      }
      throw new SystemException(
          "The table '"
              + tableName
              + "' could not be described: "
              + failure.code()
              + ". Permit dynamodb:"
              + operation
              + " and check credentials, region and endpoint.",
          failure.code(),
          failure.cause());
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new SystemException(
          "The table '"
              + tableName
              + "' could not be described within "
              + timeout
              + "; check the client's endpoint and network.",
          Failure.NO_ANSWER,
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SystemException(
          "Interrupted while describing the table '" + tableName + "'.", "Interrupted", e);
    }
  }
}
