package dev.sluice.request;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** An operation that makes the effects of one table in one request. */
public interface EffectBatch {

  /** {@return whether several effects have turned out to be too many: they go one by one} */
  default boolean isOneByOne() {
    return false;
  }

  /**
   * Sends a batch.
   *
   * @param effects 1 to 25 effects on as many different items
   * @param consumption takes what it has consumed
   * @return what came back; never fails
   */
  CompletableFuture<BatchReply> send(List<EffectRequest> effects, Consumption consumption);
}
