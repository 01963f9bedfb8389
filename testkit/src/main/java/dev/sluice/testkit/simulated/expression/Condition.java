package dev.sluice.testkit.simulated.expression;

import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;

import dev.sluice.testkit.simulated.item.Values;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A condition on an item, by the rules of "Condition and filter expressions" in the developer
 * guide: types are part of values, and a comparison with what is not there does not hold, save for
 * {@code <>}.
 */
sealed interface Condition {

  /** Whether it holds. */
  boolean holds(Map<String, AttributeValue> item, Placeholders placeholders);

  /** Refuses values that no item could be compared with, whatever the item. */
  default void check(Placeholders placeholders) {}

  /** Both hold. */
  record And(Condition left, Condition right) implements Condition {
    @Override
    public boolean holds(Map<String, AttributeValue> item, Placeholders placeholders) {
      return left.holds(item, placeholders) && right.holds(item, placeholders);
    }

    @Override
    public void check(Placeholders placeholders) {
      left.check(placeholders);
      right.check(placeholders);
    }
  }

  /** One holds. */
  record Or(Condition left, Condition right) implements Condition {
    @Override
    public boolean holds(Map<String, AttributeValue> item, Placeholders placeholders) {
      return left.holds(item, placeholders) || right.holds(item, placeholders);
    }

    @Override
    public void check(Placeholders placeholders) {
      left.check(placeholders);
      right.check(placeholders);
    }
  }

  /** It does not hold. */
  record Not(Condition inner) implements Condition {
    @Override
    public boolean holds(Map<String, AttributeValue> item, Placeholders placeholders) {
      return !inner.holds(item, placeholders);
    }

    @Override
    public void check(Placeholders placeholders) {
      inner.check(placeholders);
    }
  }

  /** The item has, or has not, something there. */
  record Exists(Operand.Path path, boolean expected) implements Condition {
    @Override
    public boolean holds(Map<String, AttributeValue> item, Placeholders placeholders) {
      return (path.of(item, placeholders) != null) == expected;
    }
  }

  /** A comparison of two values. */
  record Compare(Operand left, String comparator, Operand right) implements Condition {
    @Override
    public boolean holds(Map<String, AttributeValue> item, Placeholders placeholders) {
      var l = left.of(item, placeholders);
      var r = right.of(item, placeholders);
      if (comparator.equals("<>")) {
        return l == null || r == null || !Values.equal(l, r);
      }
      if (l == null || r == null) {
        return false;
      }
      if (comparator.equals("=")) {
        return Values.equal(l, r);
      }
      if (!Values.comparable(l, r)) {
        return false;
      }
      int order = Values.compare(l, r);
      return switch (comparator) {
        case "<" -> order < 0;
        case "<=" -> order <= 0;
        case ">" -> order > 0;
        default -> order >= 0;
      };
    }

    @Override
    public void check(Placeholders placeholders) {
      if (left.resolved(placeholders).equals(right.resolved(placeholders))) {
        throw validation("both sides are the same: " + left);
      }
      if (!comparator.equals("=") && !comparator.equals("<>")) {
        checkScalar(left, placeholders);
        checkScalar(right, placeholders);
      }
    }
  }

  /** A value between two others, both included. */
  record Between(Operand value, Operand low, Operand high) implements Condition {
    @Override
    public boolean holds(Map<String, AttributeValue> item, Placeholders placeholders) {
      return new Compare(low, "<=", value).holds(item, placeholders)
          && new Compare(value, "<=", high).holds(item, placeholders);
    }

    @Override
    public void check(Placeholders placeholders) {
      checkScalar(value, placeholders);
      checkScalar(low, placeholders);
      checkScalar(high, placeholders);
      if (low instanceof Operand.Given && high instanceof Operand.Given) {
        var from = low.of(Map.of(), placeholders);
        var to = high.of(Map.of(), placeholders);
        if (from != null
            && to != null
            && (!Values.comparable(from, to) || Values.compare(from, to) > 0)) {
          throw validation("nothing lies between these bounds");
        }
      }
    }
  }

  /** A value that is one of several. */
  record In(Operand value, List<Operand> choices) implements Condition {
    @Override
    public boolean holds(Map<String, AttributeValue> item, Placeholders placeholders) {
      return choices.stream()
          .anyMatch(choice -> new Compare(value, "=", choice).holds(item, placeholders));
    }
  }

  /** A value that begins with another. */
  record BeginsWith(Operand.Path path, Operand prefix) implements Condition {
    @Override
    public boolean holds(Map<String, AttributeValue> item, Placeholders placeholders) {
      var value = path.of(item, placeholders);
      var first = prefix.of(item, placeholders);
      return value != null && first != null && Values.beginsWith(value, first);
    }

    @Override
    public void check(Placeholders placeholders) {
      if (prefix instanceof Operand.Given given
          && placeholders.value(given.placeholder()).n() != null) {
        throw validation("a number begins with nothing");
      }
      checkScalar(prefix, placeholders);
    }
  }

  private static void checkScalar(Operand operand, Placeholders placeholders) {
    if (operand instanceof Operand.Given given
        && !Values.isScalar(placeholders.value(given.placeholder()))) {
      throw validation("the value " + given.placeholder() + " has no place in an order");
    }
  }
}
