package dev.sluice.item;

import dev.sluice.model.InvalidWriteException;
import dev.sluice.model.KeySchema;
import dev.sluice.model.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** A data table whose keys are known: checks items and bare keys against them. Immutable. */
public final class TableWithKeys {
  private final String name;
  private final KeySchema schema;
  private final @Nullable String sortKey;
  private final Set<String> keyAttributes;
  private final List<String> indexes;
  private final List<String> indexKeys;
  private final String versionAttribute;
  private final @Nullable String expiryAttribute;

  /**
   * Creates the table.
   *
   * @param table its name, version and expiry attributes
   * @param schema its keys
   */
  public TableWithKeys(Table table, KeySchema schema) {
    this.name = table.name();
    this.versionAttribute = table.versionAttribute();
    this.expiryAttribute = table.expiryAttribute().orElse(null);
    this.schema = schema;
    this.indexes = schema.indexes().keySet().stream().sorted().toList();
    this.indexKeys =
        indexes.stream().map(index -> schema.indexes().getOrDefault(index, "")).toList();
    this.sortKey = schema.sortKey().orElse(null);
    this.keyAttributes =
        sortKey == null ? Set.of(schema.partitionKey()) : Set.of(schema.partitionKey(), sortKey);
  }

  /** {@return the table's name} */
  public String name() {
    return name;
  }

  /** {@return the partition key's name} */
  public String partitionKey() {
    return schema.partitionKey();
  }

  /** {@return the sort key's name, or null} */
  public @Nullable String sortKey() {
    return sortKey;
  }

  /** {@return the name of the version attribute} */
  public String versionAttribute() {
    return versionAttribute;
  }

  /** {@return the name of the expiry attribute, or null if items do not expire} */
  public @Nullable String expiryAttribute() {
    return expiryAttribute;
  }

  /** {@return the names of the global secondary indexes, in the order of {@link #indexKeys}} */
  public List<String> indexes() {
    return indexes;
  }

  /**
   * The partition keys that an item has in the indexes.
   *
   * @param item the item, checked
   * @return for each index its key, comparable as in {@link PrimaryKey}, or null if the item is not
   *     in it; empty if the table has no index
   */
  public List<@Nullable Object> indexKeys(Map<String, AttributeValue> item) {
    if (indexKeys.isEmpty()) {
      return List.of();
    }
    List<@Nullable Object> keys = new ArrayList<>(indexKeys.size());
    for (String attribute : indexKeys) {
      AttributeValue value = item.get(attribute);
      keys.add(value == null ? null : PrimaryKey.comparable(value));
    }
    return keys;
  }

  /** {@return the key schema} */
  public KeySchema schema() {
    return schema;
  }

  /**
   * Checks a whole item.
   *
   * @param item the item
   * @param suffixBytes how much longer its partition key and so the item may get
   * @return its sizes, the suffix included
   * @throws InvalidWriteException if the service would reject it
   */
  public ItemSize checkItem(Map<String, AttributeValue> item, int suffixBytes) {
    checkKeys(item, suffixBytes);
    checkIndexKeys(item);
    ItemSize size = ItemSize.of(item);
    long stored = size.stored() + suffixBytes;
    if (stored > ItemLimits.MAX_ITEM_BYTES) {
      throw new InvalidWriteException(
          "An item for the table '"
              + name
              + "' has "
              + stored
              + " bytes; DynamoDB takes at most "
              + ItemLimits.MAX_ITEM_BYTES
              + ". Store the large part elsewhere and keep a reference.");
    }
    // The two are apart where text is escaped, or numbers are written with thousands of zeros.
    if (size.wire() + suffixBytes > ItemLimits.MAX_REQUEST_BYTES) {
      throw new InvalidWriteException(
          "An item for the table '"
              + name
              + "' may have "
              + (size.wire() + suffixBytes)
              + " bytes on the wire; a request takes at most "
              + ItemLimits.MAX_REQUEST_BYTES
              + ". Write its numbers and binary values in a shorter form.");
    }
    return new ItemSize(stored, size.wire() + suffixBytes, size.heap());
  }

  /**
   * Checks a bare key, as a delete has it.
   *
   * @param key the key attributes
   * @param suffixBytes how much longer its partition key may get
   * @return its sizes, the suffix included
   * @throws InvalidWriteException if it is not exactly the table's key
   */
  public ItemSize checkBareKey(Map<String, AttributeValue> key, int suffixBytes) {
    checkKeys(key, suffixBytes);
    if (key.size() != keyAttributes.size()) {
      throw new InvalidWriteException(
          "A delete from the table '"
              + name
              + "' names the attributes "
              + key.keySet()
              + "; it must name the key "
              + schema
              + " and nothing else.");
    }
    ItemSize size = ItemSize.of(key);
    return new ItemSize(size.stored() + suffixBytes, size.wire() + suffixBytes, size.heap());
  }

  private void checkKeys(Map<String, AttributeValue> item, int suffixBytes) {
    checkRequired(schema.partitionKey(), item, ItemLimits.MAX_PARTITION_KEY_BYTES - suffixBytes);
    if (sortKey != null) {
      checkRequired(sortKey, item, ItemLimits.MAX_SORT_KEY_BYTES);
    }
  }

  private void checkIndexKeys(Map<String, AttributeValue> item) {
    if (schema.types().size() == keyAttributes.size()) {
      return;
    }
    schema
        .types()
        .forEach(
            (attribute, type) -> {
              AttributeValue value = item.get(attribute);
              if (value != null && !keyAttributes.contains(attribute)) {
                checkKey(attribute, type, value, ItemLimits.MAX_PARTITION_KEY_BYTES);
              }
            });
  }

  private void checkRequired(String attribute, Map<String, AttributeValue> item, int maxBytes) {
    AttributeValue value = item.get(attribute);
    if (value == null) {
      throw new InvalidWriteException(
          "An item for the table '"
              + name
              + "' lacks the key attribute '"
              + attribute
              + "'; the key is "
              + schema
              + '.');
    }
    checkKey(attribute, typeOf(attribute), value, maxBytes);
  }

  private ScalarAttributeType typeOf(String attribute) {
    ScalarAttributeType type = schema.types().get(attribute);
    if (type == null) {
      throw new IllegalStateException("The key schema has no type for '" + attribute + "'.");
    }
    return type;
  }

  private void checkKey(
      String attribute, ScalarAttributeType type, AttributeValue value, int maxBytes) {
    if (!value.type().name().equals(type.name())) {
      throw new InvalidWriteException(
          "The key attribute '"
              + attribute
              + "' of the table '"
              + name
              + "' has the type "
              + value.type()
              + "; the table has "
              + type
              + '.');
    }
    int bytes =
        switch (type) {
          case S -> ItemSize.utf8Length(value.s());
          case B -> length(value.b());
          default -> NumberText.storedBytes(value.n());
        };
    if (bytes == 0 || bytes > maxBytes) {
      throw new InvalidWriteException(
          "The key attribute '"
              + attribute
              + "' of the table '"
              + name
              + "' has "
              + bytes
              + " bytes; allowed are 1 to "
              + maxBytes
              + '.');
    }
  }

  private static int length(SdkBytes bytes) {
    return bytes.asByteArrayUnsafe().length;
  }

  @Override
  public String toString() {
    return name + schema;
  }
}
