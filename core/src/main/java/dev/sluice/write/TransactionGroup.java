package dev.sluice.write;

import dev.sluice.request.EffectRequest;
import dev.sluice.request.TransactWrite;
import dev.sluice.request.Transaction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes that go in one transaction, and how often that has failed. Belongs to the loop. */
final class TransactionGroup {
  /** A transaction takes twice the units of single writes (developer guide). */
  static final int TIMES = 2;

  /** What the ledger entry of an event takes, up to 1 KB of it. */
  static final int UNITS_AN_ENTRY = TIMES;

  private final List<PendingWrite> writes;
  private final int failures;
  private @Nullable Transaction transaction;

  private TransactionGroup(
      List<PendingWrite> writes, int failures, @Nullable Transaction transaction) {
    this.writes = writes;
    this.failures = failures;
    this.transaction = transaction;
  }

  /** A group that has not been sent: it gets a token of its own. */
  static TransactionGroup of(List<PendingWrite> writes, int failures) {
    return new TransactionGroup(writes, failures, null);
  }

  /** Packs writes, in their order, into as few groups as the limit of actions allows. */
  static List<TransactionGroup> pack(List<PendingWrite> writes) {
    List<TransactionGroup> groups = new ArrayList<>(1);
    List<PendingWrite> next = new ArrayList<>();
    int actions = 0;
    for (PendingWrite write : writes) {
      int more = 1 + write.effects.size();
      if (actions + more > TransactWrite.MAX_ACTIONS) {
        groups.add(of(next, 0));
        next = new ArrayList<>();
        actions = 0;
      }
      next.add(write);
      actions += more;
    }
    groups.add(of(next, 0));
    return groups;
  }

  List<PendingWrite> writes() {
    return writes;
  }

  int failures() {
    return failures;
  }

  /** The group without those whose time is up; the same transaction if there are none. */
  TransactionGroup withoutEnded() {
    List<PendingWrite> open = new ArrayList<>(writes.size());
    for (PendingWrite write : writes) {
      if (write.stage() == PendingWrite.Stage.CLAIMING) {
        open.add(write);
      }
    }
    return open.size() == writes.size() ? this : of(open, failures);
  }

  /**
   * The same group, to be sent under another token: what it was sent as is not to be seen again.
   */
  TransactionGroup withoutToken() {
    return of(writes, failures);
  }

  /** {@return how often one of them has failed for nothing that is known, in a row, at most} */
  int unexplained() {
    int most = 0;
    for (PendingWrite write : writes) {
      most = Math.max(most, write.attempts == null ? 0 : write.attempts.unexplained());
    }
    return most;
  }

  /** {@return a group for each write, none of them sent yet} */
  List<TransactionGroup> singles() {
    List<TransactionGroup> singles = new ArrayList<>(writes.size());
    for (PendingWrite write : writes) {
      singles.add(of(List.of(write), failures));
    }
    return singles;
  }

  /** The group after one failure more. */
  TransactionGroup afterFailure() {
    return new TransactionGroup(writes, failures + 1, transaction).withoutEnded();
  }

  /** {@return whether it has been sent, and so has a token} */
  boolean wasSent() {
    return transaction != null;
  }

  /** {@return the write units of its ledger entries} */
  double entryUnits() {
    return (double) UNITS_AN_ENTRY * writes.size();
  }

  /** {@return the write units, by size, of its effects on a table} */
  double effectUnits(TablePacing pacing) {
    double units = 0;
    for (PendingWrite write : writes) {
      for (EffectTask task : write.effects) {
        if (!task.hasEnded() && task.route().table().name().equals(pacing.table())) {
          units += pacing.units(task);
        }
      }
    }
    return units;
  }

  /** {@return its bytes on the wire} */
  long bytes() {
    long bytes = 0;
    for (PendingWrite write : writes) {
      bytes += write.wireBytes();
    }
    return bytes;
  }

  /** The transaction that it is sent as, every time. */
  Transaction transaction(TransactionTokens tokens) {
    Transaction sent = transaction;
    if (sent == null) {
      List<Transaction.Event> events = new ArrayList<>(writes.size());
      for (PendingWrite write : writes) {
        events.add(new Transaction.Event(write.entry(), openEffects(write)));
      }
      sent = new Transaction(events, tokens.next());
      transaction = sent;
    }
    return sent;
  }

  private static List<EffectRequest> openEffects(PendingWrite write) {
    List<EffectRequest> effects = new ArrayList<>(write.effects.size());
    for (EffectTask task : write.effects) {
      if (!task.hasEnded()) {
        effects.add(task.request());
      }
    }
    return effects;
  }
}
