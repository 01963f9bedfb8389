package dev.sluice;

import dev.sluice.item.ItemSize;
import dev.sluice.model.InvalidWriteException;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The sizes of an item, for whoever batches without a writer: a {@link
 * dev.sluice.batch.BatchAccumulator} is told the size of each element. Found in one pass that
 * encodes nothing. Safe for use by several threads.
 *
 * @param stored bytes as DynamoDB counts them ("Item sizes and formats", developer guide): limits
 *     on items (400 KB) and write units (one for each started KB) go by it
 * @param wire bytes of the item's put in a batch, at most: the limit on requests (16 MB) goes by it
 * @param heap bytes that it holds of the JVM's heap, by an estimate within half more and a third
 *     less
 */
public record ItemBytes(long stored, long wire, long heap) {

  /**
   * Measures an item.
   *
   * @param item attribute names and values
   * @return its sizes
   * @throws InvalidWriteException if DynamoDB cannot store some value in it
   */
  public static ItemBytes of(Map<String, AttributeValue> item) {
    ItemSize size = ItemSize.of(item);
    return new ItemBytes(size.stored(), size.wire(), size.heap());
  }
}
