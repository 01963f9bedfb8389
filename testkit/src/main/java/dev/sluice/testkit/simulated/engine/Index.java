package dev.sluice.testkit.simulated.engine;

import dev.sluice.testkit.simulated.item.ItemKey;
import dev.sluice.testkit.simulated.item.KeySchema;
import dev.sluice.testkit.simulated.item.StoredItem;
import dev.sluice.testkit.simulated.item.Values;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Projection;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughput;

/**
 * A secondary index: which items are in it, and what of each. It keeps nothing, since no query of
 * it is simulated.
 *
 * @param name its name
 * @param global whether it is a global one, which has units of its own, or a local one
 * @param schema its key
 * @param tableSchema the key of its table, which every entry has too
 * @param projection which attributes its entries have
 * @param throughput what was bought for it, or null
 */
record Index(
    String name,
    boolean global,
    KeySchema schema,
    KeySchema tableSchema,
    Projection projection,
    @Nullable ProvisionedThroughput throughput) {

  /**
   * What the index has of one item.
   *
   * @param key where it is in the index
   * @param item the attributes that it has
   */
  record Entry(ItemKey key, StoredItem item) {

    boolean isSame(Entry other) {
      return Values.equal(
          AttributeValue.fromM(item.attributes()), AttributeValue.fromM(other.item.attributes()));
    }
  }

  /** What the index has of an item; null if there is none, or if it lacks a part of the key. */
  @Nullable Entry entry(@Nullable StoredItem item) {
    if (item == null || !isIn(item.attributes())) {
      return null;
    }
    Map<String, AttributeValue> projected = new LinkedHashMap<>();
    item.attributes()
        .forEach(
            (attribute, value) -> {
              if (isProjected(attribute)) {
                projected.put(attribute, value);
              }
            });
    return new Entry(schema.ofItem(item.attributes()), StoredItem.of(projected));
  }

  /**
   * Checks the length of the index's key in an item.
   *
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException {@code
   *     ValidationException} if the item is in the index under a key that no index takes
   */
  void requireKey(Map<String, AttributeValue> item) {
    if (isIn(item)) {
      schema.ofItem(item);
    }
  }

  private boolean isIn(Map<String, AttributeValue> item) {
    return item.containsKey(schema.partition().name())
        && (schema.sort() == null || item.containsKey(schema.sort().name()));
  }

  private boolean isProjected(String attribute) {
    return projection.projectionType() == ProjectionType.ALL
        || schema.isKey(attribute)
        || tableSchema.isKey(attribute)
        || projection.nonKeyAttributes().contains(attribute);
  }
}
