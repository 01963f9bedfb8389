package dev.sluice.item;

import dev.sluice.model.InvalidWriteException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The identity of an item, compared as DynamoDB compares it: strings and binary values by content,
 * numbers by value ({@code 1} is {@code 1.0}), and never one type with another.
 *
 * @param table the table's name
 * @param partition the partition key: a String, a BigDecimal without trailing zeros, or SdkBytes
 * @param sort the sort key likewise, or null if the table has none
 */
public record PrimaryKey(String table, Object partition, @Nullable Object sort) {

  /**
   * The identity of an item, or of a bare key.
   *
   * @param table the table and its key attributes
   * @param item attributes, among them the key attributes with the right types
   * @return the identity
   */
  public static PrimaryKey of(TableWithKeys table, Map<String, AttributeValue> item) {
    String sortKey = table.sortKey();
    return new PrimaryKey(
        table.name(),
        comparable(item.get(table.partitionKey())),
        sortKey == null ? null : comparable(item.get(sortKey)));
  }

  /**
   * The same item on another partition key.
   *
   * @param physicalPartition the other partition key's value
   * @return its identity
   */
  public PrimaryKey withPartition(AttributeValue physicalPartition) {
    return new PrimaryKey(table, comparable(physicalPartition), sort);
  }

  static Object comparable(@Nullable AttributeValue value) {
    if (value == null) {
      throw new InvalidWriteException("A key attribute is missing.");
    }
    return switch (value.type()) {
      case S -> value.s();
      case N -> ItemNumber.of(value.n());
      case B -> value.b();
      default ->
          throw new InvalidWriteException(
              "A key attribute has the type " + value.type() + "; keys are S, N or B.");
    };
  }

  /** {@return the table only: keys are not for logs} */
  @Override
  public String toString() {
    return "PrimaryKey[" + table + "]";
  }
}
