package dev.sluice.item;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Compares what was written with what a table holds: numbers by value and sets without an order,
 * since DynamoDB gives back numbers in another notation and sets in another order.
 */
public final class StoredValue {
  private StoredValue() {}

  /**
   * Whether an item holds all attributes of another; it may hold more, which somebody added.
   *
   * @param stored the item as the table gave it back
   * @param written the item as it was written
   * @return whether it does
   */
  public static boolean holds(
      Map<String, AttributeValue> stored, Map<String, AttributeValue> written) {
    for (Map.Entry<String, AttributeValue> each : written.entrySet()) {
      AttributeValue value = stored.get(each.getKey());
      if (value == null || !isSame(value, each.getValue())) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSame(AttributeValue stored, AttributeValue written) {
    if (stored.type() != written.type()) {
      return false;
    }
    return switch (written.type()) {
      case N -> number(stored.n()).compareTo(number(written.n())) == 0;
      case NS -> numbers(stored.ns()).equals(numbers(written.ns()));
      case SS -> new HashSet<>(stored.ss()).equals(new HashSet<>(written.ss()));
      case BS -> new HashSet<>(stored.bs()).equals(new HashSet<>(written.bs()));
      case M -> stored.m().size() == written.m().size() && holds(stored.m(), written.m());
      case L -> areSame(stored.l(), written.l());
      default -> stored.equals(written);
    };
  }

  private static boolean areSame(List<AttributeValue> stored, List<AttributeValue> written) {
    if (stored.size() != written.size()) {
      return false;
    }
    for (int i = 0; i < stored.size(); i++) {
      if (!isSame(stored.get(i), written.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static Set<BigDecimal> numbers(List<String> texts) {
    return texts.stream().map(StoredValue::number).collect(Collectors.toSet());
  }

  private static BigDecimal number(String text) {
    return ItemNumber.of(text);
  }
}
