package dev.sluice.benchmarks.writer;

import dev.sluice.model.LedgerTable;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** The tables of a round: made empty before it, so that the server never holds more than one. */
final class Tables {
  static final String DATA = "payments";
  static final String PARTITION_KEY = "pk";
  static final LedgerTable LEDGER = LedgerTable.named("event-ledger").scope("benchmark");

  private final DynamoDbAsyncClient client;

  Tables(DynamoDbAsyncClient client) {
    this.client = client;
  }

  void create() {
    client.createTable(LEDGER.createTableRequest()).join();
    client.updateTimeToLive(LEDGER.timeToLiveRequest()).join();
    client
        .createTable(
            table ->
                table
                    .tableName(DATA)
                    .attributeDefinitions(
                        AttributeDefinition.builder()
                            .attributeName(PARTITION_KEY)
                            .attributeType(ScalarAttributeType.S)
                            .build())
                    .keySchema(
                        KeySchemaElement.builder()
                            .attributeName(PARTITION_KEY)
                            .keyType(KeyType.HASH)
                            .build())
                    .billingMode(BillingMode.PAY_PER_REQUEST))
        .join();
  }

  void empty() {
    client.deleteTable(table -> table.tableName(LEDGER.name())).join();
    client.deleteTable(table -> table.tableName(DATA)).join();
    create();
  }
}
