package dev.sluice.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Copies what a caller says of an item, and names what is null in it. */
final class ItemCopy {
  private ItemCopy() {}

  /**
   * Copies attributes.
   *
   * @param given values by the names of attributes, or of placeholders
   * @return an unmodifiable copy
   * @throws InvalidWriteException if it is null, or a name or a value in it is
   */
  static <V> Map<String, V> of(@Nullable Map<String, ? extends @Nullable V> given) {
    if (given == null) {
      throw new InvalidWriteException("An item, or a map of an expression, is null.");
    }
    try {
      return Map.copyOf(given);
    } catch (NullPointerException e) {
      throw nullIn(given);
    }
  }

  private static InvalidWriteException nullIn(Map<String, ?> given) {
    for (Map.Entry<String, ?> each : given.entrySet()) {
      if (each.getKey() != null && each.getValue() == null) {
        return new InvalidWriteException(
            "The attribute '"
                + each.getKey()
                + "' is null: leave it out, or write AttributeValue.fromNul(true).");
      }
    }
    return new InvalidWriteException("An attribute's name is null.");
  }
}
