package dev.sluice.testkit.simulated.engine;

import dev.sluice.testkit.simulated.item.ItemKey;
import dev.sluice.testkit.simulated.item.KeySchema;
import dev.sluice.testkit.simulated.item.StoredItem;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/** One table: its description, its key, its items. */
final class Table {

  private final TableDescription description;
  private final KeySchema schema;
  private final ReplicaLag lag;
  private final Items items = new Items();
  private @Nullable String expiryAttribute;

  Table(
      TableDescription description,
      KeySchema schema,
      StaleReads staleReads,
      RandomGenerator random) {
    this.description = description;
    this.schema = schema;
    this.lag = new ReplicaLag(staleReads, random);
  }

  String name() {
    return description.tableName();
  }

  TableDescription description() {
    return description.toBuilder().itemCount((long) items.count()).build();
  }

  KeySchema schema() {
    return schema;
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
