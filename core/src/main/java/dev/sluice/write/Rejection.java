package dev.sluice.write;

import dev.sluice.request.Failure;

/**
 * Says why the transaction of a single write was rejected, and for which of its actions.
 *
 * @param failure the failure
 * @param effect the place of the effect at fault among those of the write, or another constant
 */
record Rejection(Failure failure, int effect) {
  private static final int TRANSACTION = -2;
  private static final int ENTRY = -1;

  /** {@return a rejection of which the service did not name the action} */
  static Rejection ofTransaction(Failure failure) {
    return new Rejection(failure, TRANSACTION);
  }

  /** {@return a rejection of the ledger entry} */
  static Rejection ofEntry(Failure failure) {
    return new Rejection(failure, ENTRY);
  }

  boolean isOfTransaction() {
    return effect == TRANSACTION;
  }

  boolean isOfEntry() {
    return effect == ENTRY;
  }
}
