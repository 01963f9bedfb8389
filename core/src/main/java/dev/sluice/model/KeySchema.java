package dev.sluice.model;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * The names and types of a table's key attributes, and those of its indexes' keys. Immutable.
 *
 * <p>Index keys matter because the service rejects an item in which one of them, if present, is
 * empty or has another type.
 */
public final class KeySchema {
  private final String partitionKey;
  private final @Nullable String sortKey;
  private final Map<String, ScalarAttributeType> types;

  private KeySchema(
      String partitionKey, @Nullable String sortKey, Map<String, ScalarAttributeType> types) {
    this.partitionKey = partitionKey;
    this.sortKey = sortKey;
    this.types = types;
  }

  /**
   * A table with a partition key only.
   *
   * @param partitionKey its name
   * @param type its type: S, N or B
   * @return the schema
   */
  public static KeySchema of(String partitionKey, ScalarAttributeType type) {
    return new KeySchema(
        requireNonNull(partitionKey, "partitionKey"), null, Map.of(partitionKey, checked(type)));
  }

  /**
   * Adds the sort key.
   *
   * @param sortKey its name
   * @param type its type: S, N or B
   * @return the schema with that sort key
   */
  public KeySchema sortedBy(String sortKey, ScalarAttributeType type) {
    return new KeySchema(partitionKey, requireNonNull(sortKey, "sortKey"), plus(sortKey, type));
  }

  /**
   * Adds an attribute that is a key of some index.
   *
   * @param attribute its name
   * @param type its type: S, N or B
   * @return the schema with that attribute
   */
  public KeySchema indexedBy(String attribute, ScalarAttributeType type) {
    return new KeySchema(partitionKey, sortKey, plus(attribute, type));
  }

  private Map<String, ScalarAttributeType> plus(String name, ScalarAttributeType type) {
    Map<String, ScalarAttributeType> more = new TreeMap<>(types);
    more.put(name, checked(type));
    return Map.copyOf(more);
  }

  private static ScalarAttributeType checked(ScalarAttributeType type) {
    requireNonNull(type, "type");
    if (type == ScalarAttributeType.UNKNOWN_TO_SDK_VERSION) {
      throw new IllegalArgumentException("A key attribute has the type S, N or B; got " + type);
    }
    return type;
  }

  /** {@return the partition key's name} */
  public String partitionKey() {
    return partitionKey;
  }

  /** {@return the sort key's name, if the table has one} */
  public Optional<String> sortKey() {
    return Optional.ofNullable(sortKey);
  }

  /** {@return the types of all key attributes by name, those of indexes included} */
  public Map<String, ScalarAttributeType> types() {
    return types;
  }

  /** {@return the keys as {@code (net S, at S)}} */
  @Override
  public String toString() {
    String partition = partitionKey + " " + types.get(partitionKey);
    return sortKey == null
        ? "(" + partition + ")"
        : "(" + partition + ", " + sortKey + " " + types.get(sortKey) + ")";
  }
}
