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
  private final Map<String, String> indexes;

  private KeySchema(
      String partitionKey,
      @Nullable String sortKey,
      Map<String, ScalarAttributeType> types,
      Map<String, String> indexes) {
    this.partitionKey = partitionKey;
    this.sortKey = sortKey;
    this.types = types;
    this.indexes = indexes;
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
        requireNonNull(partitionKey, "partitionKey"),
        null,
        Map.of(partitionKey, checked(type)),
        Map.of());
  }

  /**
   * Adds the sort key.
   *
   * @param sortKey its name
   * @param type its type: S, N or B
   * @return the schema with that sort key
   */
  public KeySchema sortedBy(String sortKey, ScalarAttributeType type) {
    return new KeySchema(
        partitionKey, requireNonNull(sortKey, "sortKey"), plus(sortKey, type), indexes);
  }

  /**
   * Adds an attribute that is a key of some index.
   *
   * @param attribute its name
   * @param type its type: S, N or B
   * @return the schema with that attribute
   */
  public KeySchema indexedBy(String attribute, ScalarAttributeType type) {
    return new KeySchema(partitionKey, sortKey, plus(attribute, type), indexes);
  }

  /**
   * Adds a global secondary index. One of its partition keys may be hot, and is then slowed by
   * itself; without it, all writes to the table would be.
   *
   * @param index its name
   * @param attribute its partition key
   * @param type the partition key's type: S, N or B
   * @return the schema with that index
   */
  public KeySchema indexedBy(String index, String attribute, ScalarAttributeType type) {
    Map<String, String> more = new TreeMap<>(indexes);
    more.put(requireNonNull(index, "index"), requireNonNull(attribute, "attribute"));
    return new KeySchema(partitionKey, sortKey, plus(attribute, type), Map.copyOf(more));
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

  /** {@return the partition keys of global secondary indexes, by the indexes' names} */
  public Map<String, String> indexes() {
    return indexes;
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
