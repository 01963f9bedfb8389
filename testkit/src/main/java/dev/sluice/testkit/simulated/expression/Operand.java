package dev.sluice.testkit.simulated.expression;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Something in an expression that has a value: a path into the item, or a placeholder. */
sealed interface Operand {

  /** The value, or null if the item has nothing there. */
  @Nullable AttributeValue of(Map<String, AttributeValue> item, Placeholders placeholders);

  /** The same without placeholders for names, so that what is equal is the same operand. */
  Operand resolved(Placeholders placeholders);

  /** A value given with the request. */
  record Given(String placeholder) implements Operand {
    @Override
    public AttributeValue of(Map<String, AttributeValue> item, Placeholders placeholders) {
      return placeholders.value(placeholder);
    }

    @Override
    public Operand resolved(Placeholders placeholders) {
      return this;
    }
  }

  /** An attribute, or what lies within it: each step is a name or, in brackets, an index. */
  record Path(String attribute, List<String> steps) implements Operand {
    @Override
    public @Nullable AttributeValue of(
        Map<String, AttributeValue> item, Placeholders placeholders) {
      AttributeValue value = item.get(placeholders.name(attribute));
      for (int i = 0; i < steps.size() && value != null; i++) {
        value = step(value, steps.get(i), placeholders);
      }
      return value;
    }

    @Override
    public Operand resolved(Placeholders placeholders) {
      return new Path(
          placeholders.name(attribute), steps.stream().map(placeholders::name).toList());
    }

    private static @Nullable AttributeValue step(
        AttributeValue value, String step, Placeholders placeholders) {
      if (step.charAt(0) != '[') {
        return value.hasM() ? value.m().get(placeholders.name(step)) : null;
      }
      int index = Integer.parseInt(step.substring(1));
      return value.hasL() && index < value.l().size() ? value.l().get(index) : null;
    }
  }
}
