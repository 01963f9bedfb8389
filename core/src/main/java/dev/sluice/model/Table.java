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

  private Table(String name, @Nullable KeySchema keySchema, String versionAttribute) {
    this.name = name;
    this.keySchema = keySchema;
    this.versionAttribute = versionAttribute;
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
    return new Table(name, null, DEFAULT_VERSION);
  }

  /**
   * Gives the key schema, so that the writer need not read it. It is still compared with the
   * table's where {@code dynamodb:DescribeTable} is permitted.
   *
   * @param schema the keys of the table and of its indexes
   * @return this table with that schema
   */
  public Table keys(KeySchema schema) {
    return new Table(name, requireNonNull(schema, "schema"), versionAttribute);
  }

  /**
   * Names the attribute in which {@link Effect.PutIfNewer} and {@link Effect.DeleteIfNewer} keep
   * the version of an item.
   *
   * @param attribute its name; {@value #DEFAULT_VERSION} by default
   * @return this table with that version attribute
   * @throws IllegalArgumentException if the name is empty
   */
  public Table versionedBy(String attribute) {
    if (requireNonNull(attribute, "attribute").isEmpty()) {
      throw new IllegalArgumentException(
          "The version attribute of the table '" + name + "' must have a name.");
    }
    return new Table(name, keySchema, attribute);
  }

  /** {@return the name of the version attribute} */
  public String versionAttribute() {
    return versionAttribute;
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
