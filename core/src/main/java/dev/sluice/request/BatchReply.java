package dev.sluice.request;

import java.util.Collections;
import java.util.List;

/** What came back for a batch of effects. */
public sealed interface BatchReply {

  /**
   * Each item was answered for itself.
   *
   * @param items the answers in the order of the request
   */
  record PerItem(List<ItemReply> items) implements BatchReply {}

  /**
   * The request failed as a whole, and the service did not say which item was at fault.
   *
   * @param failure why
   */
  record Failed(Failure failure) implements BatchReply {}

  /** Nothing was sent, or nothing is known: these items must go one by one. */
  record OneByOne() implements BatchReply {}

  /**
   * Every item was applied.
   *
   * @param count how many there were
   * @return the reply
   */
  static BatchReply allDone(int count) {
    return new PerItem(Collections.nCopies(count, ItemReply.Done.INSTANCE));
  }

  /** What came back for one item. */
  sealed interface ItemReply {

    /** The effect is durable. */
    record Done() implements ItemReply {
      static final Done INSTANCE = new Done();
    }

    /** A newer version of the item stands. */
    record Superseded() implements ItemReply {}

    /** The service left the item out of this request. */
    record Unprocessed() implements ItemReply {}

    /**
     * An item stands that may have expired: the effect must go by a request of its own, which can
     * say so. What found it was charged for.
     */
    record Standing() implements ItemReply {}

    /** The item was not written, and must go by a request of its own. */
    record Alone() implements ItemReply {}

    /**
     * The item failed.
     *
     * @param failure why
     */
    record Failed(Failure failure) implements ItemReply {}
  }
}
