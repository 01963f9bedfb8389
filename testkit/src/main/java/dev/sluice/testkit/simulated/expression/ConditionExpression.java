package dev.sluice.testkit.simulated.expression;

import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;

import dev.sluice.testkit.simulated.item.KeySchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A condition, filter or key condition expression: {@code AND}, {@code OR}, {@code NOT},
 * parentheses, comparisons, {@code BETWEEN}, {@code IN}, {@code attribute_exists}, {@code
 * attribute_not_exists} and {@code begins_with}, on attributes and on what lies within them.
 */
public final class ConditionExpression implements Expression {

  private final Condition condition;
  private final Set<String> placeholders;

  private ConditionExpression(Condition condition, Set<String> placeholders) {
    this.condition = condition;
    this.placeholders = placeholders;
  }

  /**
   * Reads an expression.
   *
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException {@code
   *     ValidationException} if it is not one
   * @throws dev.sluice.testkit.simulated.error.NotSimulatedError if it has a function not named
   *     above
   */
  public static ConditionExpression parse(String text) {
    var tokens = new Tokens(text);
    var parser = new ExpressionParser(tokens);
    var condition = parser.condition();
    tokens.expectEnd();
    return new ConditionExpression(condition, parser.placeholders());
  }

  @Override
  public Set<String> placeholders() {
    return placeholders;
  }

  /**
   * Refuses values that make no sense where they stand, whatever the item.
   *
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException {@code
   *     ValidationException} if there are such
   */
  public void check(Placeholders values) {
    condition.check(values);
  }

  /**
   * Refuses attributes of the key, which a query's filter must not name.
   *
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException {@code
   *     ValidationException} if it names one
   */
  public void checkNoKey(KeySchema schema, Placeholders values) {
    List<Operand> operands = new ArrayList<>();
    operands(condition, operands);
    for (var operand : operands) {
      if (operand instanceof Operand.Path path && schema.isKey(values.name(path.attribute()))) {
        throw validation("a filter names the key attribute " + values.name(path.attribute()));
      }
    }
  }

  private static void operands(Condition condition, List<Operand> found) {
    if (condition instanceof Condition.And and) {
      operands(and.left(), found);
      operands(and.right(), found);
    } else if (condition instanceof Condition.Or or) {
      operands(or.left(), found);
      operands(or.right(), found);
    } else if (condition instanceof Condition.Not not) {
      operands(not.inner(), found);
    } else if (condition instanceof Condition.Exists exists) {
      found.add(exists.path());
    } else if (condition instanceof Condition.Compare compare) {
      found.addAll(List.of(compare.left(), compare.right()));
    } else if (condition instanceof Condition.Between between) {
      found.addAll(List.of(between.value(), between.low(), between.high()));
    } else if (condition instanceof Condition.In in) {
      found.add(in.value());
      found.addAll(in.choices());
    } else if (condition instanceof Condition.BeginsWith begins) {
      found.addAll(List.of(begins.path(), begins.prefix()));
    }
  }

  /** {@return whether the condition holds for an item; an item that is not there has nothing} */
  public boolean holds(Map<String, AttributeValue> item, Placeholders values) {
    return condition.holds(item, values);
  }

  /**
   * Reads it as the key condition of a query: the partition key equals a value, and there may be
   * one condition on the sort key.
   *
   * @return the value of the partition key
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException {@code
   *     ValidationException} if it is of another form
   */
  public AttributeValue partitionKey(KeySchema schema, Placeholders values) {
    List<Condition> terms = new ArrayList<>();
    terms(condition, terms);
    AttributeValue found = null;
    for (var term : terms) {
      if (isKeyPart(term, schema.partition().name(), values)) {
        var value = equalTo(term, values);
        if (found != null || value == null) {
          throw validation("the partition key must equal one value");
        }
        found = value;
      } else if (schema.sort() == null || !isKeyPart(term, schema.sort().name(), values)) {
        throw validation("not a condition on the key");
      }
    }
    if (found == null || terms.size() > 2) {
      throw validation("not a key condition");
    }
    return found;
  }

  private static void terms(Condition condition, List<Condition> terms) {
    if (condition instanceof Condition.And and) {
      terms(and.left(), terms);
      terms(and.right(), terms);
    } else {
      terms.add(condition);
    }
  }

  private static boolean isKeyPart(Condition term, String name, Placeholders values) {
    Operand subject =
        term instanceof Condition.Compare compare && !compare.comparator().equals("<>")
            ? compare.left()
            : term instanceof Condition.Between between
                ? between.value()
                : term instanceof Condition.BeginsWith begins ? begins.path() : null;
    return subject instanceof Operand.Path path
        && path.steps().isEmpty()
        && values.name(path.attribute()).equals(name);
  }

  private static @Nullable AttributeValue equalTo(Condition term, Placeholders values) {
    return term instanceof Condition.Compare compare
            && compare.comparator().equals("=")
            && compare.right() instanceof Operand.Given given
        ? values.value(given.placeholder())
        : null;
  }
}
