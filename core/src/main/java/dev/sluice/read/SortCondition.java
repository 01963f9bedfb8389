package dev.sluice.read;

import static java.util.Objects.requireNonNull;

import dev.sluice.model.KeySchema;
import dev.sluice.request.QueryShape;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** Which sort keys to read. Immutable. */
public final class SortCondition {
  private static final String FIRST = ":" + QueryShape.RESERVED + "0";
  private static final String SECOND = ":" + QueryShape.RESERVED + "1";

  private enum Operator {
    COMPARISON,
    BETWEEN,
    BEGINS_WITH
  }

  private final Operator operator;
  private final String expression;
  private final List<AttributeValue> values;

  private SortCondition(Operator operator, String expression, AttributeValue... values) {
    this.operator = operator;
    this.expression = " AND " + expression;
    this.values = List.of(values);
  }

  private static SortCondition compared(String sign, AttributeValue value) {
    return new SortCondition(
        Operator.COMPARISON,
        QueryShape.SORT_KEY + " " + sign + " " + FIRST,
        requireNonNull(value, "value"));
  }

  /**
   * This sort key only.
   *
   * @param value of the sort key's type
   * @return the condition
   */
  public static SortCondition equalTo(AttributeValue value) {
    return compared("=", value);
  }

  /**
   * Sort keys below a value.
   *
   * @param value of the sort key's type
   * @return the condition
   */
  public static SortCondition lessThan(AttributeValue value) {
    return compared("<", value);
  }

  /**
   * Sort keys up to a value.
   *
   * @param value of the sort key's type
   * @return the condition
   */
  public static SortCondition atMost(AttributeValue value) {
    return compared("<=", value);
  }

  /**
   * Sort keys above a value.
   *
   * @param value of the sort key's type
   * @return the condition
   */
  public static SortCondition greaterThan(AttributeValue value) {
    return compared(">", value);
  }

  /**
   * Sort keys from a value on.
   *
   * @param value of the sort key's type
   * @return the condition
   */
  public static SortCondition atLeast(AttributeValue value) {
    return compared(">=", value);
  }

  /**
   * Sort keys from one value to another, both included.
   *
   * @param from of the sort key's type
   * @param to of the sort key's type, not below the first
   * @return the condition
   */
  public static SortCondition between(AttributeValue from, AttributeValue to) {
    return new SortCondition(
        Operator.BETWEEN,
        QueryShape.SORT_KEY + " BETWEEN " + FIRST + " AND " + SECOND,
        requireNonNull(from, "from"),
        requireNonNull(to, "to"));
  }

  /**
   * Sort keys that begin with a string, or with bytes.
   *
   * @param prefix of the sort key's type, which is not a number
   * @return the condition
   */
  public static SortCondition beginsWith(AttributeValue prefix) {
    return new SortCondition(
        Operator.BEGINS_WITH,
        "begins_with(" + QueryShape.SORT_KEY + ", " + FIRST + ")",
        requireNonNull(prefix, "prefix"));
  }

  String expression() {
    return expression;
  }

  Map<String, AttributeValue> values() {
    Map<String, AttributeValue> named = new TreeMap<>();
    for (int i = 0; i < values.size(); i++) {
      named.put(i == 0 ? FIRST : SECOND, values.get(i));
    }
    return named;
  }

  void check(KeySchema keys) {
    String name =
        keys.sortKey()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "The query has a condition on the sort key, and the table has none: its"
                            + " key is "
                            + keys
                            + '.'));
    ScalarAttributeType type = requireNonNull(keys.types().get(name), "type");
    for (AttributeValue value : values) {
      if (!value.type().name().equals(type.name())) {
        throw new IllegalArgumentException(
            "The condition on the sort key '"
                + name
                + "' has a value of the type "
                + value.type()
                + "; the table has "
                + type
                + '.');
      }
    }
    if (operator == Operator.BEGINS_WITH && type == ScalarAttributeType.N) {
      throw new IllegalArgumentException(
          "The sort key '" + name + "' is a number, which does not begin with anything.");
    }
    SortOrder order = SortOrder.of(keys);
    if (operator == Operator.BETWEEN
        && order.compare(order.key(values.get(0)), order.key(values.get(1))) > 0) {
      throw new IllegalArgumentException(
          "The condition on the sort key '" + name + "' ends before it begins; swap the bounds.");
    }
  }

  /** {@return the condition without its values: keys are not for logs} */
  @Override
  public String toString() {
    return expression;
  }
}
