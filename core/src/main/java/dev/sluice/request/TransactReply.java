package dev.sluice.request;

import java.util.List;

/** What came back for a transaction. */
public sealed interface TransactReply {

  /**
   * All of it is durable.
   *
   * @param expireAt when its ledger entries expire, in epoch seconds
   */
  record Applied(long expireAt) implements TransactReply {}

  /**
   * Nothing of it was applied, and each event was answered for itself.
   *
   * @param parts the answers in the order of the events
   */
  record Cancelled(List<Part> parts) implements TransactReply {}

  /**
   * The request failed, and the service did not say which event was at fault.
   *
   * @param failure why
   */
  record Failed(Failure failure) implements TransactReply {}

  /**
   * Nothing of it was applied, and the service did not say for which of its actions.
   *
   * @param failure the worst reason that it gave
   */
  record Unattributed(Failure failure) implements TransactReply {}

  /**
   * What was said of one event.
   *
   * @param claim {@code Held}, {@code Exists} or {@code Failed} if its ledger entry was at fault,
   *     or {@code NotPut} if it was not
   * @param effects what was said of each effect: {@code Done} if its item exists already, {@code
   *     Superseded}, {@code Failed}, or {@code Unprocessed} if it was not at fault
   */
  record Part(ClaimReply claim, List<BatchReply.ItemReply> effects) {}
}
