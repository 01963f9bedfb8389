package dev.sluice.testkit.simulated.item;

import dev.sluice.testkit.simulated.error.ServiceErrors;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * An item as the service keeps it. Never changes.
 *
 * @param attributes names and values, with numbers in their normal form
 * @param bytes the stored size
 */
public record StoredItem(Map<String, AttributeValue> attributes, int bytes) {

  /** The largest item, in bytes: "Item size" in "Quotas" of the developer guide. */
  public static final int MOST_BYTES = 400 * 1024;

  /**
   * Checks an item and brings it into the form in which it is stored.
   *
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException {@code
   *     ValidationException} if the service would refuse a value in it or its size
   */
  public static StoredItem of(Map<String, AttributeValue> given) {
    var measure = new Measure();
    var attributes = measure.map(given);
    if (measure.bytes() > MOST_BYTES) {
      throw ServiceErrors.validation("an item of " + measure.bytes() + " bytes");
    }
    return new StoredItem(attributes, (int) measure.bytes());
  }

  /**
   * Checks values that are no item and brings them into the form in which they are stored.
   *
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException {@code
   *     ValidationException} if the service would refuse one
   */
  public static Map<String, AttributeValue> normal(Map<String, AttributeValue> values) {
    return values.isEmpty() ? values : new Measure().map(values);
  }
}
