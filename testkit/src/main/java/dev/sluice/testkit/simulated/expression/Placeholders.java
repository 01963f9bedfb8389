package dev.sluice.testkit.simulated.expression;

import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;

import dev.sluice.testkit.simulated.item.StoredItem;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import software.amazon.awssdk.core.util.SdkAutoConstructMap;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What the {@code #names} and {@code :values} of a request's expressions stand for. */
public final class Placeholders {

  /** The longest placeholder: "Expression parameters" in "Quotas" of the developer guide. */
  private static final int LONGEST = 255;

  private static final Placeholders NONE = new Placeholders(Map.of(), Map.of());

  private final Map<String, String> names;
  private final Map<String, AttributeValue> values;

  private Placeholders(Map<String, String> names, Map<String, AttributeValue> values) {
    this.names = names;
    this.values = values;
  }

  /**
   * Checks that the expressions use what is given, all of it and nothing else.
   *
   * @param names what {@code #names} stand for
   * @param values what {@code :values} stand for
   * @param expressions all expressions of the request
   * @return the checked placeholders
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException {@code
   *     ValidationException} if they do not, or if a value is not one that DynamoDB takes
   */
  public static Placeholders of(
      Map<String, String> names,
      Map<String, AttributeValue> values,
      List<? extends Expression> expressions) {
    checkGiven(names, "ExpressionAttributeNames");
    checkGiven(values, "ExpressionAttributeValues");
    if (names.isEmpty() && values.isEmpty() && expressions.isEmpty()) {
      return NONE;
    }
    Set<String> used = expressions.size() == 1 ? expressions.get(0).placeholders() : Set.of();
    if (expressions.size() > 1) {
      used = new HashSet<>();
      for (var expression : expressions) {
        used.addAll(expression.placeholders());
      }
    }
    if (used.size() != names.size() + values.size()) {
      throw validation("placeholders used " + used + ", given " + names + values.keySet());
    }
    for (var placeholder : used) {
      if (!names.containsKey(placeholder) && !values.containsKey(placeholder)) {
        throw validation("the placeholder " + placeholder + " stands for nothing");
      }
    }
    return new Placeholders(names, StoredItem.normal(values));
  }

  /** The SDK has a map of its own for what is not given: another one that is empty was given. */
  private static void checkGiven(Map<String, ?> given, String name) {
    if (given.isEmpty() ? !(given instanceof SdkAutoConstructMap) : hasNull(given)) {
      throw validation(name + " must be left out, or have members");
    }
    for (var placeholder : given.keySet()) {
      if (placeholder.length() > LONGEST) {
        throw validation(name + " has a placeholder of " + placeholder.length() + " characters");
      }
    }
  }

  private static boolean hasNull(Map<String, ?> given) {
    return given.values().stream().anyMatch(Objects::isNull);
  }

  /** {@return the attribute's name, which may be given by a placeholder} */
  String name(String written) {
    return written.charAt(0) == '#' ? names.getOrDefault(written, written) : written;
  }

  /** {@return the value that a placeholder stands for} */
  AttributeValue value(String placeholder) {
    return values.getOrDefault(placeholder, AttributeValue.fromNul(true));
  }
}
