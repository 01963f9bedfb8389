package dev.sluice.batch;

/**
 * What the service takes in one request. {@link BatchTriggers} say when a batch is worth sending
 * and are anybody's choice; these are not, and an accumulator rejects what goes beyond them before
 * it is added, so that no batch has to be taken apart again.
 *
 * <p>A third limit, 400 KB for an item, is on the item as it is stored, which is another number
 * than its bytes on the wire; an {@code IdempotentWriter} checks it before it accepts a write.
 *
 * @param maxItems elements in a request, at least 1
 * @param maxBytes bytes of a request, at least 1
 */
public record BatchLimits(int maxItems, long maxBytes) {
  /**
   * {@code BatchWriteItem}: 25 items and 16 MB on the wire (API reference). {@code
   * BatchExecuteStatement} takes 25 statements as well.
   */
  public static final BatchLimits BATCH_WRITE = new BatchLimits(25, 16L * 1024 * 1024);

  /** None: whoever appends has checked already. */
  public static final BatchLimits NONE = new BatchLimits(Integer.MAX_VALUE, Long.MAX_VALUE);

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public BatchLimits {
    if (maxItems < 1) {
      throw new IllegalArgumentException("maxItems is at least 1; got " + maxItems + '.');
    }
    if (maxBytes < 1) {
      throw new IllegalArgumentException("maxBytes is at least 1; got " + maxBytes + '.');
    }
  }

  void requireWithin(BatchTriggers triggers) {
    if (triggers.maxItems() > maxItems) {
      throw new IllegalArgumentException(
          "maxItems is " + triggers.maxItems() + "; a request takes at most " + maxItems + '.');
    }
    if (triggers.maxBytes() > maxBytes) {
      throw new IllegalArgumentException(
          "maxBytes is " + triggers.maxBytes() + "; a request takes at most " + maxBytes + '.');
    }
  }

  void requireFitting(long size) {
    if (size < 0) {
      throw new IllegalArgumentException("An element's size is not negative; got " + size + '.');
    }
    if (size > maxBytes) {
      throw new IllegalArgumentException(
          "An element has " + size + " bytes; a request takes at most " + maxBytes + '.');
    }
  }
}
