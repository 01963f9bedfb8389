package dev.sluice.write;

import static java.util.Objects.requireNonNull;

import dev.sluice.model.SluiceException;
import dev.sluice.request.Failure;
import dev.sluice.request.LedgerRequests;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether the ledger entry of a rejected transaction stands, before the write is judged
 * by the rejection. The service may reject an effect without having looked at the entry: one that
 * stands shows that the write is a replay or a duplicate, which has taken effect. Belongs to the
 * loop.
 */
final class RejectedTransactions implements ClaimReader.Unanswered {
  /**
   * Why a transaction of a single write was rejected.
   *
   * @param failure the failure
   * @param fault the effect at fault, or null if the service did not name it
   */
  record Rejection(Failure failure, @Nullable CancelledWrite fault) {}

  private final LedgerRequests ledger;
  private final WriteFailures failures;
  private final ClaimReader reads;
  private final BiConsumer<PendingWrite, Failure> again;
  private Claimer.@Nullable Listener listener;

  /**
   * Creates it without rejected transactions.
   *
   * @param ledger the operations on the ledger
   * @param failures words what the caller is told
   * @param loop what the stages share
   * @param again takes a write that is to be tried again later, with its failure
   */
  RejectedTransactions(
      LedgerRequests ledger,
      WriteFailures failures,
      LoopResources loop,
      BiConsumer<PendingWrite, Failure> again) {
    this.ledger = ledger;
    this.failures = failures;
    this.again = again;
    this.reads =
        new ClaimReader(
            ledger, new ClaimRetries(ledger.table().name(), failures, loop), loop, this);
  }

  /** Sets who is told what stands, and which writes are given up. */
  void onEnded(Claimer.Listener told) {
    listener = told;
  }

  /** A transaction was rejected, and its entry is to be read. */
  void add(PendingWrite write, Rejection rejection) {
    write.rejection = rejection;
    reads.add(write);
  }

  boolean isDue() {
    return reads.isDue();
  }

  /** Sends one read if one is due; there must be room. Returns whether one was sent. */
  boolean sendOne() {
    return reads.sendOne(listener());
  }

  @Override
  public void absent(PendingWrite write) {
    judge(write, write.attempts != null && write.attempts.maybeApplied());
  }

  @Override
  public void unread(PendingWrite write) {
    judge(write, true);
  }

  private void judge(PendingWrite write, boolean partial) {
    Rejection rejection = requireNonNull(write.rejection, "rejection");
    write.rejection = null;
    if (rejection.failure.kind().isFinal()) {
      listener().failed(write, exception(write, rejection, partial));
    } else {
      again.accept(write, rejection.failure);
    }
  }

  private SluiceException exception(PendingWrite write, Rejection rejection, boolean partial) {
    String table = ledger.table().name();
    return rejection.fault == null
        ? failures.ofTransaction(table, write, partial, rejection.failure)
        : rejection.fault.exception(table, partial, failures);
  }

  private Claimer.Listener listener() {
    return requireNonNull(listener, "listener");
  }
}
