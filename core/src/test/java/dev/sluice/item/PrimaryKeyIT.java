package dev.sluice.item;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.KeySchema;
import dev.sluice.model.Table;
import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.junit.EmbeddedServers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * Two keys name one item of DynamoDB's exactly where we take them for one: whatever a put replaces
 * is what was put last under an equal key, and nothing if none was.
 */
@Timeout(120)
@ExtendWith(EmbeddedServers.class)
class PrimaryKeyIT {
  private static final long SEED = Long.getLong("sluice.keys.seed", 103);
  private static final int COUNT = Boolean.getBoolean("sluice.full") ? 5_003 : 307;

  /** Keys of each shape. */
  enum Shape {
    STRING(ScalarAttributeType.S, null),
    NUMBER(ScalarAttributeType.N, null),
    BINARY(ScalarAttributeType.B, null),
    TWO_STRINGS(ScalarAttributeType.S, ScalarAttributeType.S),
    TWO_NUMBERS(ScalarAttributeType.N, ScalarAttributeType.N),
    BINARY_AND_STRING(ScalarAttributeType.B, ScalarAttributeType.S),
    STRING_AND_NUMBER(ScalarAttributeType.S, ScalarAttributeType.N);

    private final ScalarAttributeType partition;
    private final ScalarAttributeType sort;

    Shape(ScalarAttributeType partition, ScalarAttributeType sort) {
      this.partition = partition;
      this.sort = sort;
    }

    private KeySchema schema() {
      KeySchema schema = KeySchema.of("p", partition);
      return sort == null ? schema : schema.sortedBy("s", sort);
    }
  }

  private final EmbeddedDynamoDb dynamo;
  private final KeyCorpus corpus = new KeyCorpus(SEED);
  private final List<Map<String, AttributeValue>> earlier = new ArrayList<>();

  PrimaryKeyIT(EmbeddedDynamoDb dynamo) {
    this.dynamo = dynamo;
  }

  private static KeyAttribute attribute(String name, ScalarAttributeType type) {
    return switch (type) {
      case S -> KeyAttribute.string(name);
      case N -> KeyAttribute.number(name);
      default -> KeyAttribute.binary(name);
    };
  }

  private void createTable(Shape shape) {
    KeyAttribute partition = attribute("p", shape.partition);
    if (shape.sort == null) {
      dynamo.createTable("keys", partition);
    } else {
      dynamo.createTable("keys", partition, attribute("s", shape.sort));
    }
  }

  private Map<String, AttributeValue> key(Shape shape) {
    Map<String, AttributeValue> key = new HashMap<>();
    if (!earlier.isEmpty() && corpus.nextInt(3) == 0) {
      earlier
          .get(corpus.nextInt(earlier.size()))
          .forEach((name, value) -> key.put(name, corpus.again(value)));
      return key;
    }
    key.put("p", corpus.key(shape.partition));
    if (shape.sort != null) {
      key.put("s", corpus.key(shape.sort));
    }
    earlier.add(Map.copyOf(key));
    return key;
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void aPutReplacesWhatWasPutUnderAnEqualKeyAndNothingElse(Shape shape) {
    TableWithKeys table = new TableWithKeys(Table.named("keys"), shape.schema());
    Map<PrimaryKey, String> last = new HashMap<>();
    int replaced = 0;
    createTable(shape);
    try {
      for (int i = 0; i < COUNT; i++) {
        Map<String, AttributeValue> item = key(shape);
        String who = "w" + i;
        item.put("who", AttributeValue.fromS(who));
        table.checkItem(item, 0);
        String before = last.put(PrimaryKey.of(table, item), who);
        var old =
            dynamo
                .client()
                .putItem(put -> put.tableName("keys").item(item).returnValues(ReturnValue.ALL_OLD))
                .join()
                .attributes();
        assertThat(old.isEmpty() ? null : old.get("who").s())
            .as("%s, seed %d", item, SEED)
            .isEqualTo(before);
        replaced += before == null ? 0 : 1;
        if (before != null) {
          // What comes back in the service's own form is the same key to us too.
          assertThat(last).containsKey(PrimaryKey.of(table, old));
        }
      }
      assertThat(dynamo.items("keys")).hasSize(last.size());
    } finally {
      dynamo.deleteTable("keys");
    }
    // Neither all new nor all the same, or nothing has been compared.
    assertThat(List.of(replaced, last.size())).allMatch(count -> count > 30);
  }
}
