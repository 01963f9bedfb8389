package dev.sluice.testkit.simulated.expression;

import dev.sluice.testkit.simulated.error.NotSimulatedError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A projection expression on whole attributes. */
public final class Projection implements Expression {

  private final List<Operand.Path> paths;
  private final Set<String> placeholders;

  private Projection(List<Operand.Path> paths, Set<String> placeholders) {
    this.paths = paths;
    this.placeholders = placeholders;
  }

  /**
   * Reads an expression.
   *
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException {@code
   *     ValidationException} if it is not one
   * @throws NotSimulatedError if it names something within an attribute
   */
  public static Projection parse(String text) {
    var tokens = new Tokens(text);
    var parser = new ExpressionParser(tokens);
    List<Operand.Path> paths = new ArrayList<>();
    do {
      var path = parser.path();
      NotSimulatedError.refuseIf(!path.steps().isEmpty(), "a projection within an attribute");
      paths.add(path);
    } while (tokens.takeIf(","));
    tokens.expectEnd();
    return new Projection(paths, parser.placeholders());
  }

  @Override
  public Set<String> placeholders() {
    return placeholders;
  }

  /** {@return the attributes of an item that are named} */
  public Map<String, AttributeValue> of(Map<String, AttributeValue> item, Placeholders values) {
    Map<String, AttributeValue> projected = new LinkedHashMap<>();
    for (var path : paths) {
      var name = values.name(path.attribute());
      var value = item.get(name);
      if (value != null) {
        projected.put(name, value);
      }
    }
    return projected;
  }
}
