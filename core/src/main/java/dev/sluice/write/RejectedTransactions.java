package dev.sluice.write;

import static java.util.Objects.requireNonNull;

import dev.sluice.model.SluiceException;
import dev.sluice.request.Failure;
import dev.sluice.request.KeySchemaRead;
import dev.sluice.request.LedgerRequests;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Finds out whether the ledger entry of a rejected transaction stands, before the write is judged
 * by the rejection. The service may reject an effect without having looked at the entry: one that
 * stands shows that the write is a replay or a duplicate, which has taken effect. If none does, a
 * table may have other keys by now. Belongs to the loop.
 */
final class RejectedTransactions implements ClaimReader.Unanswered {
  private final LedgerRequests ledger;
  private final WriteFailures failures;
  private final KeySchemaChecks keySchemas;
  private final ClaimReader reads;
  private final BiConsumer<PendingWrite, Failure> again;
  private final Connection<Claimer.Listener> listener;

  /**
   * Creates it without rejected transactions.
   *
   * @param ledger the operations on the ledger
   * @param failures words what the caller is told
   * @param keySchemas finds out whether tables have other keys by now
   * @param loop what the stages share
   * @param again takes a write that is to be tried again later, with its failure
   * @param listener told what stands, and which writes are given up
   */
  RejectedTransactions(
      LedgerRequests ledger,
      WriteFailures failures,
      KeySchemaChecks keySchemas,
      LoopResources loop,
      BiConsumer<PendingWrite, Failure> again,
      Connection<Claimer.Listener> listener) {
    this.ledger = ledger;
    this.failures = failures;
    this.keySchemas = keySchemas;
    this.again = again;
    this.listener = listener;
    this.reads =
        new ClaimReader(
            ledger, new ClaimRetries(ledger.table().name(), failures, loop), loop, this);
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
    return reads.sendOne(listener.get());
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
    if (rejection.failure().kind().isFinal()) {
      keySchemas.judge(
          write,
          suspects(write, rejection),
          fault ->
              listener
                  .get()
                  .failed(write, fault == null ? exception(write, rejection, partial) : fault));
    } else {
      again.accept(write, rejection.failure());
    }
  }

  /** The tables that may have rejected a transaction. */
  private Set<KeySchemaRead> suspects(PendingWrite write, Rejection rejection) {
    if (!rejection.failure().isOfValidation() || rejection.isOfEntry()) {
      return Set.of();
    }
    if (!rejection.isOfTransaction()) {
      return Set.of(write.effects.get(rejection.effect()).route().keys());
    }
    Set<KeySchemaRead> all = new LinkedHashSet<>();
    all.add(ledger.keys());
    write.effects.forEach(effect -> all.add(effect.route().keys()));
    return all;
  }

  /**
   * What the caller of a write is told.
   *
   * @param write the write
   * @param rejection why its transaction was rejected, for good
   * @param partial whether the write may have been applied before
   */
  SluiceException exception(PendingWrite write, Rejection rejection, boolean partial) {
    String table = ledger.table().name();
    Failure failure = rejection.failure();
    if (rejection.isOfTransaction()) {
      return failures.ofTransaction(table, write, partial, failure);
    }
    if (rejection.isOfEntry()) {
      // The entry is ours alone: if it is rejected, the table is not what it should be.
      return failures.ofLedger(table, failure);
    }
    EffectTask effect = write.effects.get(rejection.effect());
    String named = effect.route().table().name();
    return failure.kind() == Failure.Kind.SYSTEM
        ? failures.ofTable(named, effect.kind(), failure)
        : WriteFailures.rejected(named, effect.kind(), failure, partial, write.suffixes());
  }
}
