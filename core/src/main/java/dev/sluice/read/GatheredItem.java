package dev.sluice.read;

import dev.sluice.model.Suffix;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * An item of a logical key.
 *
 * @param item its attributes, under the logical key that was asked for
 * @param suffix the shard that it lies on, {@link Suffix#NONE} if it is not sharded
 * @param key its primary key in the table, as a {@code GetItem}, an update or a delete of it takes
 *     it; empty if it is not known
 */
public record GatheredItem(
    Map<String, AttributeValue> item, Suffix suffix, Map<String, AttributeValue> key) {

  /**
   * An item whose primary key in the table is not known, as a test may make one.
   *
   * @param item its attributes
   * @param suffix the shard that it lies on
   */
  public GatheredItem(Map<String, AttributeValue> item, Suffix suffix) {
    this(item, suffix, Map.of());
  }

  /** {@return the suffix only: items are not for logs} */
  @Override
  public String toString() {
    return "GatheredItem[" + suffix + "]";
  }
}
