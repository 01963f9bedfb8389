package dev.sluice.testkit.simulated.engine;

import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;

import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.simulated.item.ItemKey;
import dev.sluice.testkit.simulated.item.KeySchema;
import dev.sluice.testkit.simulated.item.StoredItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/** One table: its description, its key, its items. */
final class Table {

  private final TableDescription description;
  private final KeySchema schema;
  private final List<Index> indexes;
  private final ReplicaLag lag;
  private final Items items = new Items();
  private final List<KeyAttribute> indexKeys = new ArrayList<>(0);
  private @Nullable String expiryAttribute;

  Table(
      TableDescription description,
      TableSpecification specification,
      StaleReads staleReads,
      RandomGenerator random) {
    this.description = description;
    this.schema = specification.schema();
    this.indexes = specification.indexes();
    for (var index : indexes) {
      indexKeys.add(index.schema().partition());
      if (index.schema().sort() != null) {
        indexKeys.add(index.schema().sort());
      }
    }
    this.lag = new ReplicaLag(staleReads, random);
  }

  String name() {
    return description.tableName();
  }

  TableDescription description() {
    var counted = description.toBuilder().itemCount((long) items.count()).build();
    return IndexDescriptions.add(counted, this);
  }

  KeySchema schema() {
    return schema;
  }

  List<Index> indexes() {
    return indexes;
  }

  Items items() {
    return items;
  }

  @Nullable String expiryAttribute() {
    return expiryAttribute;
  }

  void expireBy(@Nullable String attribute) {
    expiryAttribute = attribute;
  }

  void addIndexKey(KeyAttribute key) {
    indexKeys.add(key);
  }

  void dropIndexKey(KeyAttribute key) {
    indexKeys.remove(key);
  }

  /** Checks that an item does not hold the key of an index with another type, or too long. */
  void requireIndexable(Map<String, AttributeValue> attributes) {
    for (var key : indexKeys) {
      var value = attributes.get(key.name());
      if (value != null && !value.type().name().equals(key.type().toString())) {
        throw validation("the index key attribute " + key.name() + " has another type");
      }
    }
    indexes.forEach(index -> index.requireKey(attributes));
  }

  /** Checks that no key of the table or of an index is there and empty. */
  void requireNoEmptyKey(Map<String, AttributeValue> attributes) {
    schema.requireNotEmpty(attributes);
    for (var key : indexKeys) {
      KeySchema.requireNotEmpty(attributes, key);
    }
  }

  @Nullable StoredItem get(ItemKey key) {
    return items.get(key);
  }

  /** What a read sees: with consistency what is there, else perhaps what was there before. */
  @Nullable StoredItem read(ItemKey key, boolean consistent, long now) {
    var current = items.get(key);
    return consistent ? current : lag.read(key, current, now);
  }

  /** Puts an item, or removes it if it is null. */
  void set(ItemKey key, @Nullable StoredItem old, @Nullable StoredItem item, long now) {
    lag.changed(key, old, now);
    if (item == null) {
      items.remove(key);
    } else {
      items.put(key, item);
    }
  }
}
