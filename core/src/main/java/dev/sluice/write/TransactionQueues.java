package dev.sluice.write;

import static java.util.Objects.requireNonNull;

import dev.sluice.batch.BatchTriggers;
import dev.sluice.flow.WriteBudget;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The queues of transactions, one for each set of tables that a transaction may name, and which of
 * them may spend a budget that several want. Belongs to the loop.
 */
final class TransactionQueues {
  private static final long PATIENCE_NANOS = 250_000_000L;
  private static final int MAX_IDLE = 64;

  private final TablePacing ledgerPacing;
  private final Map<String, TablePacing> pacings;
  private final BatchTriggers triggers;
  // By the tables that their transactions name, apart from the ledger.
  private final Map<Set<String>, TransactionQueue> queues = new LinkedHashMap<>();

  TransactionQueues(
      TablePacing ledgerPacing, Map<String, TablePacing> pacings, BatchTriggers triggers) {
    this.ledgerPacing = ledgerPacing;
    this.pacings = pacings;
    this.triggers = triggers;
  }

  /** {@return the queue of a write's tables} */
  TransactionQueue of(PendingWrite write) {
    Set<String> tables = tables(write);
    TransactionQueue queue = queues.get(tables);
    if (queue == null) {
      if (queues.size() >= MAX_IDLE) {
        // There may be as many sets of tables as writes.
        queues.values().removeIf(TransactionQueue::isIdle);
      }
      queue = queue(tables);
      queues.put(tables, queue);
    }
    return queue;
  }

  private static Set<String> tables(PendingWrite write) {
    if (write.effects.size() == 1) {
      return Set.of(write.effects.get(0).route().table().name());
    }
    Set<String> tables = new TreeSet<>();
    for (EffectTask task : write.effects) {
      tables.add(task.route().table().name());
    }
    return tables;
  }

  private TransactionQueue queue(Set<String> tables) {
    List<TablePacing> its = new ArrayList<>(1 + tables.size());
    its.add(ledgerPacing);
    for (String table : tables) {
      its.add(requireNonNull(pacings.get(table), "pacing"));
    }
    return new TransactionQueue(its, triggers);
  }

  /** {@return when a transaction is due and its budgets allow it} */
  OptionalLong nextDue(Eagerness eagerness, long now) {
    OptionalLong next = OptionalLong.empty();
    // What has to leave its tables to another is due when that one is.
    for (TransactionQueue queue : free(now)) {
      next = Timers.earlier(next, queue.nextDue(eagerness, now));
    }
    return next;
  }

  /**
   * {@return the queues that may spend their budgets: not those who have to leave them to another}
   */
  List<TransactionQueue> free(long now) {
    TransactionQueue elder = elder(now);
    List<WriteBudget> claimed = elder == null ? List.of() : elder.claimed();
    List<TransactionQueue> free = new ArrayList<>(queues.size());
    for (TransactionQueue queue : queues.values()) {
      if (queue == elder || !queue.needs(claimed)) {
        free.add(queue);
      }
    }
    return free;
  }

  /**
   * The queue that has waited longest for its budgets, if that is long: a transaction over several
   * tables must find all of them ready at once, and others would always be there before it.
   */
  private @Nullable TransactionQueue elder(long now) {
    TransactionQueue elder = null;
    long since = now - PATIENCE_NANOS;
    for (TransactionQueue queue : queues.values()) {
      if (queue.waitingSince() != 0 && queue.waitingSince() <= since) {
        since = queue.waitingSince();
        elder = queue;
      }
    }
    return elder;
  }
}
