package dev.sluice.testkit.simulated.fidelity;

import dev.sluice.testkit.dynamodb.KeyAttribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;

/** The tables of one sequence: keys of all types. */
@SuppressWarnings("unchecked") // The SDK's varargs of consumers.
record Tables(List<Shape> shapes) {

  /**
   * A table: its name, and the types of its keys, the second 0 if there is no sort key, the third 0
   * if there is no global index by an attribute of its own.
   */
  record Shape(String name, char partition, char sort, char index) {

    Shape(String name, char partition, char sort) {
      this(name, partition, sort, (char) 0);
    }

    CreateTableRequest request() {
      List<KeyAttribute> keys = new ArrayList<>();
      keys.add(attribute("pk", partition));
      if (sort != 0) {
        keys.add(attribute("sk", sort));
      }
      List<KeyAttribute> all = new ArrayList<>(keys);
      if (index != 0) {
        all.add(attribute(Attributes.INDEXED, index));
      }
      return CreateTableRequest.builder()
          .tableName(name)
          .billingMode(BillingMode.PAY_PER_REQUEST)
          .globalSecondaryIndexes(index == 0 ? null : List.of(byIndexed()))
          .attributeDefinitions(
              all.stream()
                  .map(
                      key ->
                          AttributeDefinition.builder()
                              .attributeName(key.name())
                              .attributeType(key.type())
                              .build())
                  .toList())
          .keySchema(
              keys.stream()
                  .map(
                      key ->
                          KeySchemaElement.builder()
                              .attributeName(key.name())
                              .keyType(key.name().equals("pk") ? KeyType.HASH : KeyType.RANGE)
                              .build())
                  .toList())
          .build();
    }

    private static GlobalSecondaryIndex byIndexed() {
      return GlobalSecondaryIndex.builder()
          .indexName("by-indexed")
          .keySchema(key -> key.attributeName(Attributes.INDEXED).keyType(KeyType.HASH))
          .projection(
              named ->
                  named
                      .projectionType(ProjectionType.INCLUDE)
                      .nonKeyAttributes(Attributes.NAMES.subList(0, 2)))
          .build();
    }

    private static KeyAttribute attribute(String name, char type) {
      return switch (type) {
        case 'S' -> KeyAttribute.string(name);
        case 'N' -> KeyAttribute.number(name);
        default -> KeyAttribute.binary(name);
      };
    }
  }

  static Tables of(String prefix) {
    return new Tables(
        List.of(
            new Shape(prefix + "-s", 'S', (char) 0),
            new Shape(prefix + "-n", 'N', (char) 0),
            new Shape(prefix + "-b", 'B', (char) 0),
            new Shape(prefix + "-ss", 'S', 'S'),
            new Shape(prefix + "-sn", 'S', 'N'),
            new Shape(prefix + "-nb", 'N', 'B'),
            new Shape(prefix + "-is", 'S', (char) 0, 'S'),
            new Shape(prefix + "-in", 'S', 'S', 'N')));
  }

  static Map<String, AttributeValue> keyOf(Map<String, AttributeValue> item) {
    Map<String, AttributeValue> key = new TreeMap<>(item);
    key.keySet().retainAll(Set.of("pk", "sk"));
    return key;
  }
}
