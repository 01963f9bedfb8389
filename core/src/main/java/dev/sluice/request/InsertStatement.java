package dev.sluice.request;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;

/** A PartiQL {@code INSERT} of one item, its values given as parameters. */
final class InsertStatement {
  /** The longest statement, in characters: {@code BatchStatementRequest} of the API reference. */
  static final int MAX_LENGTH = 8192;

  private final String tableName;

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
    StringBuilder text = new StringBuilder(64 + 16 * item.size());
    text.append("INSERT INTO \"").append(tableName).append("\" VALUE {");
    List<AttributeValue> parameters = new ArrayList<>(item.size());
    // Sorted, so that items of one shape have one statement.
    new TreeMap<>(item)
        .forEach(
            (name, value) -> {
              text.append(parameters.isEmpty() ? "'" : ", '");
              text.append(name.replace("'", "''")).append("': ?");
              parameters.add(value);
            });
    text.append('}');
    return text.length() > MAX_LENGTH
        ? Optional.empty()
        : Optional.of(
            BatchStatementRequest.builder()
                .statement(text.toString())
                .parameters(parameters)
                .build());
  }
}
