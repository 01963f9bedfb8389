package dev.sluice.testkit.simulated.engine;

import dev.sluice.testkit.dynamodb.KeyAttribute;
import java.util.Arrays;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;

/** Requests for tables of the simplest kind. */
final class TableRequests {

  private TableRequests() {}

  static CreateTableRequest onDemand(String table, KeyAttribute... key) {
    return CreateTableRequest.builder()
        .tableName(table)
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .attributeDefinitions(
            Arrays.stream(key)
                .map(
                    attribute ->
                        AttributeDefinition.builder()
                            .attributeName(attribute.name())
                            .attributeType(attribute.type())
                            .build())
                .toList())
        .keySchema(
            Arrays.stream(key)
                .map(
                    attribute ->
                        KeySchemaElement.builder()
                            .attributeName(attribute.name())
                            .keyType(attribute.equals(key[0]) ? KeyType.HASH : KeyType.RANGE)
                            .build())
                .toList())
        .build();
  }
}
