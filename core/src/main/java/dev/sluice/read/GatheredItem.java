package dev.sluice.read;

import dev.sluice.model.Suffix;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * An item of a logical key.
 *
 * @param item its attributes, under the logical key that was asked for; {@code
 *     KeySharder.physicalKey(logicalKey, suffix)} is the key in the table
 * @param suffix the shard that it lies on, {@link Suffix#NONE} if it is not sharded
 */
public record GatheredItem(Map<String, AttributeValue> item, Suffix suffix) {

  /** {@return the suffix only: items are not for logs} */
  @Override
  public String toString() {
    return "GatheredItem[" + suffix + "]";
  }
}
