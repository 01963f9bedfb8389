package dev.sluice.testkit.simulated.expression;

import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;

import dev.sluice.testkit.simulated.error.NotSimulatedError;
import dev.sluice.testkit.simulated.item.KeySchema;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * An update expression on whole attributes: {@code SET} with values, other attributes, {@code
 * if_not_exists}, {@code +} and {@code -}; {@code ADD} of numbers; {@code REMOVE}.
 */
public final class UpdateExpression implements Expression {

  /** One clause: which attribute, and what becomes of it. */
  record Clause(Operand.Path path, Assignment assignment) {}

  private final List<Clause> clauses;
  private final Set<String> placeholders;

  private UpdateExpression(List<Clause> clauses, Set<String> placeholders) {
    this.clauses = clauses;
    this.placeholders = placeholders;
  }

  /**
   * Reads an expression.
   *
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException {@code
   *     ValidationException} if it is not one
   * @throws NotSimulatedError if it has something not named above
   */
  public static UpdateExpression parse(String text) {
    var parser = new UpdateParser(new Tokens(text));
    return new UpdateExpression(parser.clauses(), parser.placeholders());
  }

  @Override
  public Set<String> placeholders() {
    return placeholders;
  }

  /**
   * Checks what can be checked without the item.
   *
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException {@code
   *     ValidationException} if it changes a key attribute, or one attribute twice, or adds what is
   *     not a number
   * @throws NotSimulatedError if it adds a set
   */
  public void check(KeySchema schema, Placeholders values) {
    Set<String> changed = new HashSet<>();
    for (var clause : clauses) {
      var name = values.name(clause.path().attribute());
      if (schema.isKey(name)) {
        throw validation("the update changes the key attribute " + name);
      }
      if (!changed.add(name)) {
        throw validation("the update changes " + name + " twice");
      }
      clause.assignment().check(values);
      if (clause.assignment() instanceof Assignment.Add add) {
        var added = values.value(add.value().placeholder());
        NotSimulatedError.refuseIf(added.hasSs() || added.hasNs() || added.hasBs(), "ADD of a set");
        if (added.n() == null) {
          throw validation("only numbers and sets can be added");
        }
      }
    }
  }

  /**
   * Applies it.
   *
   * @param item the item as it was; not changed
   * @return the item as it is now
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException {@code
   *     ValidationException} if it does not fit the item
   */
  public Map<String, AttributeValue> apply(Map<String, AttributeValue> item, Placeholders values) {
    Map<String, AttributeValue> updated = new LinkedHashMap<>(item);
    for (var clause : clauses) {
      var name = values.name(clause.path().attribute());
      var value = clause.assignment().of(item, values);
      if (value == null) {
        updated.remove(name);
      } else {
        updated.put(name, value);
      }
    }
    return updated;
  }

  /** {@return what the update gives attributes whatever the item: values of the request} */
  public Map<String, AttributeValue> given(Placeholders values) {
    Map<String, AttributeValue> given = new LinkedHashMap<>();
    for (var clause : clauses) {
      if (clause.assignment() instanceof Assignment.Copy copy
          && copy.operand() instanceof Operand.Given value) {
        given.put(values.name(clause.path().attribute()), values.value(value.placeholder()));
      }
    }
    return given;
  }

  /** {@return what an item has at the attributes that this update names} */
  public Map<String, AttributeValue> touched(
      Map<String, AttributeValue> item, Placeholders values) {
    Map<String, AttributeValue> touched = new LinkedHashMap<>();
    for (var clause : clauses) {
      var name = values.name(clause.path().attribute());
      var value = item.get(name);
      if (value != null) {
        touched.put(name, value);
      }
    }
    return touched;
  }
}
