package dev.sluice.testkit.simulated.expression;

import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;

import dev.sluice.testkit.simulated.item.Numbers;
import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What an update gives an attribute, worked out from the item as it was before the update. */
sealed interface Assignment {

  /** The new value, or null if the attribute goes. */
  @Nullable AttributeValue of(Map<String, AttributeValue> item, Placeholders placeholders);

  /** Refuses values that no item could be updated with, whatever the item. */
  default void check(Placeholders placeholders) {}

  /** {@code SET a = operand}. */
  record Copy(Operand operand) implements Assignment {
    @Override
    public AttributeValue of(Map<String, AttributeValue> item, Placeholders placeholders) {
      var value = operand.of(item, placeholders);
      if (value == null) {
        throw validation("the update refers to an attribute that is not there");
      }
      return value;
    }
  }

  /** {@code SET a = if_not_exists(path, operand)}. */
  record Default(Operand.Path path, Operand otherwise) implements Assignment {
    @Override
    public AttributeValue of(Map<String, AttributeValue> item, Placeholders placeholders) {
      var value = path.of(item, placeholders);
      return value != null ? value : new Copy(otherwise).of(item, placeholders);
    }
  }

  /** {@code SET a = left + right}, or {@code -}. */
  record Sum(Assignment left, Assignment right, boolean negated) implements Assignment {
    @Override
    public AttributeValue of(Map<String, AttributeValue> item, Placeholders placeholders) {
      var l = number(left.of(item, placeholders));
      var r = number(right.of(item, placeholders));
      return number(negated ? l.subtract(r) : l.add(r));
    }

    @Override
    public void check(Placeholders placeholders) {
      checkNumber(left, placeholders);
      checkNumber(right, placeholders);
    }

    private static void checkNumber(Assignment term, Placeholders placeholders) {
      if (term instanceof Copy copy && copy.operand() instanceof Operand.Given given) {
        number(placeholders.value(given.placeholder()));
      }
    }
  }

  /** {@code ADD a :value}: a number that is not there counts as zero. */
  record Add(Operand.Path path, Operand.Given value) implements Assignment {
    @Override
    public AttributeValue of(Map<String, AttributeValue> item, Placeholders placeholders) {
      var added = placeholders.value(value.placeholder());
      var old = path.of(item, placeholders);
      return old == null ? added : number(number(old).add(number(added)));
    }
  }

  /** {@code REMOVE a}. */
  record Remove() implements Assignment {
    @Override
    public @Nullable AttributeValue of(
        Map<String, AttributeValue> item, Placeholders placeholders) {
      return null;
    }
  }

  private static BigDecimal number(@Nullable AttributeValue value) {
    if (value == null || value.n() == null) {
      throw validation("not a number: " + value);
    }
    return Numbers.parse(value.n());
  }

  private static AttributeValue number(BigDecimal number) {
    return AttributeValue.fromN(Numbers.checked(number).toPlainString());
  }
}
