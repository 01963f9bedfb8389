package dev.sluice.benchmarks.pipeline;

import dev.sluice.model.LedgerTable;
import java.net.URI;
import java.util.List;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** The tables of a run. */
final class Tables implements AutoCloseable {
  static final String DATA = "payments";
  static final String KEY = "pk";
  static final LedgerTable LEDGER = LedgerTable.named("event-ledger").scope("billing");

  private final DynamoDbAsyncClient client;

  Tables(URI endpoint) {
    this.client = Clients.dynamoDb(endpoint, 1);
  }

  /** Makes them anew, without an item. */
  void empty() {
    List<String> existing = client.listTables().join().tableNames();
    for (String table : List.of(DATA, LEDGER.name())) {
      if (existing.contains(table)) {
        client.deleteTable(delete -> delete.tableName(table)).join();
      }
    }
    client.createTable(LEDGER.createTableRequest()).join();
    client.updateTimeToLive(LEDGER.timeToLiveRequest()).join();
    client
        .createTable(
            table ->
                table
                    .tableName(DATA)
                    .attributeDefinitions(
                        AttributeDefinition.builder()
                            .attributeName(KEY)
                            .attributeType(ScalarAttributeType.S)
                            .build())
                    .keySchema(
                        KeySchemaElement.builder().attributeName(KEY).keyType(KeyType.HASH).build())
                    .billingMode(BillingMode.PAY_PER_REQUEST))
        .join();
  }

  @Override
  public void close() {
    client.close();
  }
}
