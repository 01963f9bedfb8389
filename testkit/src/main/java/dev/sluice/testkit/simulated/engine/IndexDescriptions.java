package dev.sluice.testkit.simulated.engine;

import dev.sluice.testkit.simulated.item.KeySchema;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndexDescription;
import software.amazon.awssdk.services.dynamodb.model.IndexStatus;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.LocalSecondaryIndexDescription;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/** What {@code DescribeTable} says of a table's indexes. */
final class IndexDescriptions {

  private IndexDescriptions() {}

  static TableDescription add(TableDescription description, Table table) {
    List<GlobalSecondaryIndexDescription> global = new ArrayList<>();
    List<LocalSecondaryIndexDescription> local = new ArrayList<>();
    for (var index : table.indexes()) {
      String arn = description.tableArn() + "/index/" + index.name();
      if (index.global()) {
        global.add(
            GlobalSecondaryIndexDescription.builder()
                .indexName(index.name())
                .indexArn(arn)
                .indexStatus(IndexStatus.ACTIVE)
                .keySchema(elements(index.schema()))
                .projection(index.projection())
                .provisionedThroughput(TableAdmin.describe(index.throughput()))
                .itemCount(count(table, index))
                .build());
      } else {
        local.add(
            LocalSecondaryIndexDescription.builder()
                .indexName(index.name())
                .indexArn(arn)
                .keySchema(elements(index.schema()))
                .projection(index.projection())
                .itemCount(count(table, index))
                .build());
      }
    }
    var described = description.toBuilder();
    if (!global.isEmpty()) {
      described.globalSecondaryIndexes(global);
    }
    if (!local.isEmpty()) {
      described.localSecondaryIndexes(local);
    }
    return described.build();
  }

  private static List<KeySchemaElement> elements(KeySchema schema) {
    List<KeySchemaElement> elements = new ArrayList<>(2);
    elements.add(
        KeySchemaElement.builder()
            .attributeName(schema.partition().name())
            .keyType(KeyType.HASH)
            .build());
    if (schema.sort() != null) {
      elements.add(
          KeySchemaElement.builder()
              .attributeName(schema.sort().name())
              .keyType(KeyType.RANGE)
              .build());
    }
    return elements;
  }

  private static long count(Table table, Index index) {
    long count = 0;
    for (var item : table.items().all(null)) {
      count += index.entry(item) == null ? 0 : 1;
    }
    return count;
  }
}
