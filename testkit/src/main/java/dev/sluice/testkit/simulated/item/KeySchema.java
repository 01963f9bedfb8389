package dev.sluice.testkit.simulated.item;

import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;

import dev.sluice.testkit.dynamodb.KeyAttribute;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Which attributes are the primary key of a table's items.
 *
 * @param partition the partition key
 * @param sort the sort key, or null if there is none
 */
public record KeySchema(KeyAttribute partition, @Nullable KeyAttribute sort) {

  private static final int MOST_PARTITION_BYTES = 2048;
  private static final int MOST_SORT_BYTES = 1024;

  /**
   * The key of an item, which has other attributes too.
   *
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException {@code
   *     ValidationException} if a part is missing, empty, too long or of another type
   */
  public ItemKey ofItem(Map<String, AttributeValue> item) {
    return new ItemKey(
        part(item, partition, MOST_PARTITION_BYTES),
        sort == null ? null : part(item, sort, MOST_SORT_BYTES));
  }

  /**
   * As {@link #ofItem}, of a map that holds the key and nothing else.
   *
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException {@code
   *     ValidationException} in the same cases, and if there is more in it
   */
  public ItemKey ofKey(Map<String, AttributeValue> key) {
    requireCount(key);
    return ofItem(key);
  }

  /**
   * Checks that a map may hold the key and nothing else.
   *
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException {@code
   *     ValidationException} if it has more attributes, or fewer
   */
  public void requireCount(Map<String, AttributeValue> key) {
    if (key.size() != (sort == null ? 1 : 2)) {
      throw validation("the key has " + key.size() + " attributes");
    }
  }

  /**
   * Checks that no part of the key is there and empty, which the service looks at before the rest.
   *
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException {@code
   *     ValidationException} if one is
   */
  public void requireNotEmpty(Map<String, AttributeValue> item) {
    requireNotEmpty(item, partition);
    if (sort != null) {
      requireNotEmpty(item, sort);
    }
  }

  /**
   * As {@link #requireNotEmpty(Map)}, of one attribute.
   *
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException {@code
   *     ValidationException} if it is empty
   */
  public static void requireNotEmpty(Map<String, AttributeValue> item, KeyAttribute attribute) {
    var value = item.get(attribute.name());
    if (value != null && Values.isEmpty(value)) {
      throw validation("the key attribute " + attribute.name() + " is empty");
    }
  }

  /** {@return the key attributes of an item} */
  public Map<String, AttributeValue> keyOf(Map<String, AttributeValue> item) {
    Map<String, AttributeValue> key = new LinkedHashMap<>();
    for (var attribute : item.entrySet()) {
      if (isKey(attribute.getKey())) {
        key.put(attribute.getKey(), attribute.getValue());
      }
    }
    return key;
  }

  /** {@return whether an attribute is part of the key} */
  public boolean isKey(String name) {
    return name.equals(partition.name()) || (sort != null && name.equals(sort.name()));
  }

  private static Object part(
      Map<String, AttributeValue> item, KeyAttribute attribute, int mostBytes) {
    var value = item.get(attribute.name());
    if (value == null) {
      throw validation("the key attribute " + attribute.name() + " is missing");
    }
    if (!value.type().name().equals(attribute.type().toString())) {
      throw validation("the key attribute " + attribute.name() + " has another type");
    }
    return switch (value.type()) {
      case S -> {
        checkLength(attribute, Texts.bytes(value.s()), mostBytes);
        yield value.s();
      }
      case B -> {
        checkLength(attribute, value.b().asByteArrayUnsafe().length, mostBytes);
        yield value.b();
      }
      default -> Numbers.parse(value.n());
    };
  }

  private static void checkLength(KeyAttribute attribute, int bytes, int most) {
    if (bytes == 0 || bytes > most) {
      throw validation("the key attribute " + attribute.name() + " has " + bytes + " bytes");
    }
  }
}
