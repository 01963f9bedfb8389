package dev.sluice.model;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A data table that writes may touch. Its key schema is read from the service once, when the writer
 * is built, unless it is given here. Immutable.
 */
public final class Table {
  /** The version attribute's name unless another is set. */
  public static final String DEFAULT_VERSION = "version";

  private final String name;
  private final @Nullable KeySchema keySchema;
  private final String versionAttribute;
  private final @Nullable String expiryAttribute;

  private Table(
      String name,
      @Nullable KeySchema keySchema,
      String versionAttribute,
      @Nullable String expiryAttribute) {
    this.name = name;
    this.keySchema = keySchema;
    this.versionAttribute = versionAttribute;
    this.expiryAttribute = expiryAttribute;
    if (versionAttribute.equals(expiryAttribute)) {
      throw new IllegalArgumentException(
          "The table '"
              + name
              + "' has the attribute '"
              + expiryAttribute
              + "' for versions and for expiry; name two.");
    }
  }

  /**
   * A table by its name.
   *
   * @param name the table's name
   * @return the table
   * @throws IllegalArgumentException if the name is empty
   */
  public static Table named(String name) {
    if (requireNonNull(name, "name").isEmpty()) {
      throw new IllegalArgumentException("A table's name must not be empty.");
    }
    return new Table(name, null, DEFAULT_VERSION, null);
  }

  /**
   * Gives the key schema, so that the writer need not read it. It is still compared with the
   * table's where {@code dynamodb:DescribeTable} is permitted.
   *
   * @param schema the keys of the table and of its indexes
   * @return this table with that schema
   */
  public Table keys(KeySchema schema) {
    return new Table(name, requireNonNull(schema, "schema"), versionAttribute, expiryAttribute);
  }

  /**
   * Names the attribute in which {@link Effect.PutIfNewer} and {@link Effect.DeleteIfNewer} keep
   * the version of an item.
   *
   * @param attribute its name; {@value #DEFAULT_VERSION} by default
   * @return this table with that version attribute
   * @throws IllegalArgumentException if the name is empty, or that of the expiry attribute
   */
  public Table versionedBy(String attribute) {
    if (requireNonNull(attribute, "attribute").isEmpty()) {
      throw new IllegalArgumentException(
          "The version attribute of the table '" + name + "' must have a name.");
    }
    return new Table(name, keySchema, attribute, expiryAttribute);
  }

  /**
   * Names the attribute by which the table's items expire: the one that its Time to Live is enabled
   * on. An item whose expiry lies in the past counts as absent for {@link Effect.Create}, {@link
   * Effect.PutIfNewer} and {@link Effect.DeleteIfNewer}, though the service deletes it days later.
   * Else such an effect could end as applied, or superseded, by an item that is then deleted.
   *
   * <p>The service's own rule decides: the attribute is a number of seconds since the epoch; values
   * that are more than five years in the past, and those that are no numbers, never expire.
   *
   * @param attribute its name; none by default: items do not expire. Name it wherever Time to Live
   *     is enabled. A create that finds an item among a batch then costs a write unit more
   * @return this table with that expiry attribute
   * @throws IllegalArgumentException if the name is empty, or that of the version attribute
   */
  public Table expiresBy(String attribute) {
    if (requireNonNull(attribute, "attribute").isEmpty()) {
      throw new IllegalArgumentException(
          "The expiry attribute of the table '" + name + "' must have a name.");
    }
    return new Table(name, keySchema, versionAttribute, attribute);
  }

  /** {@return the name of the version attribute} */
  public String versionAttribute() {
    return versionAttribute;
  }

  /** {@return the name of the expiry attribute, if one was named} */
  public Optional<String> expiryAttribute() {
    return Optional.ofNullable(expiryAttribute);
  }

  /** {@return the table's name} */
  public String name() {
    return name;
  }

  /** {@return the key schema, if it was given} */
  public Optional<KeySchema> keySchema() {
    return Optional.ofNullable(keySchema);
  }

  @Override
  public String toString() {
    return name;
  }
}
