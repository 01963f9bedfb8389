package dev.sluice.request;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;

/**
 * A PartiQL {@code INSERT} of one item, its values given as parameters. Safe for use by several
 * threads.
 */
final class InsertStatement {
  /** The longest statement, in characters: {@code BatchStatementRequest} of the API reference. */
  static final int MAX_LENGTH = 8192;

  /**
   * The attributes that items have, and the statement for such items.
   *
   * @param names the attributes' names, in the order of the parameters
   * @param statement the statement, or null if the names make it too long
   */
  private record Shape(List<String> names, @Nullable String statement) {

    /** The item's values in the order of the parameters, or null if it has another shape. */
    @Nullable List<AttributeValue> parameters(Map<String, AttributeValue> item) {
      if (item.size() != names.size()) {
        return null;
      }
      List<AttributeValue> parameters = new ArrayList<>(names.size());
      for (String name : names) {
        AttributeValue value = item.get(name);
        if (value == null) {
          return null;
        }
        parameters.add(value);
      }
      return parameters;
    }
  }

  private final String tableName;

  // Of the item before: those of one table mostly have the same attributes.
  private volatile @Nullable Shape last;

  InsertStatement(String tableName) {
    this.tableName = tableName;
  }

  /**
   * The statement for an item.
   *
   * @param item the item
   * @return the statement, or nothing if its attribute names make it too long
   */
  Optional<BatchStatementRequest> of(Map<String, AttributeValue> item) {
    Shape shape = last;
    List<AttributeValue> parameters = shape == null ? null : shape.parameters(item);
    if (shape == null || parameters == null) {
      // Sorted, so that items of one shape have one statement.
      shape = shape(new TreeMap<>(item).keySet());
      last = shape;
      parameters = requireNonNull(shape.parameters(item), "the shape is the item's own");
    }
    return shape.statement() == null
        ? Optional.empty()
        : Optional.of(
            BatchStatementRequest.builder()
                .statement(shape.statement())
                .parameters(parameters)
                .build());
  }

  private Shape shape(Collection<String> names) {
    String text = text(tableName, names);
    return new Shape(List.copyOf(names), text.length() > MAX_LENGTH ? null : text);
  }

  /** The statement that inserts an item of these attributes, in their order. */
  static String text(String tableName, Collection<String> names) {
    StringBuilder text = new StringBuilder(64 + 16 * names.size());
    text.append("INSERT INTO \"").append(tableName).append("\" VALUE {");
    String separator = "'";
    for (String name : names) {
      text.append(separator).append(name.replace("'", "''")).append("': ?");
      separator = ", '";
    }
    return text.append('}').toString();
  }
}
