package dev.sluice.write;

import static java.util.Objects.requireNonNull;

import dev.sluice.batch.BatchTriggers;
import dev.sluice.flow.WriteBudget;
import dev.sluice.metrics.WriterMetrics.Stage;
import dev.sluice.request.ClaimReply;
import dev.sluice.request.Failure;
import dev.sluice.request.LedgerRequests;
import dev.sluice.request.TransactReply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes claims and effects in transactions. A write is gathered once all of its effects are at the
 * heads of their lines, so no two events of one transaction, or of two under way, name one item.
 *
 * <p>A transaction whose outcome is not known goes again as it was, under its token. After a
 * cancellation, what was at fault leaves, and the rest goes again as a transaction of its own.
 */
final class TransactionLane implements Claimer, EffectSink {
  private static final long PATIENCE_NANOS = 250_000_000L;

  private final LedgerRequests ledger;
  private final WriteFailures failures;
  private final LoopResources loop;
  private final TransactionTokens tokens;
  private final TableFlow ledgerFlow;
  private final Map<String, TableFlow> flows;
  private final BatchTriggers triggers;
  // By the tables that their transactions name, apart from the ledger.
  private final Map<Set<String>, TransactionQueue> queues = new LinkedHashMap<>();
  private @Nullable Listener listener;
  private Consumer<PendingWrite> admission = write -> {};

  TransactionLane(
      LedgerRequests ledger,
      TableFlow ledgerFlow,
      Map<String, TableFlow> flows,
      BatchTriggers triggers,
      WriteFailures failures,
      LoopResources loop) {
    this.ledger = ledger;
    this.ledgerFlow = ledgerFlow;
    this.flows = flows;
    this.triggers = triggers;
    this.failures = failures;
    this.loop = loop;
    this.tokens = new TransactionTokens(loop.tokens());
  }

  @Override
  public void onEnded(Listener told) {
    listener = told;
  }

  /** Sets who appends the effects of a write as they get to the heads of their lines. */
  void onClaim(Consumer<PendingWrite> admits) {
    admission = admits;
  }

  @Override
  public void claim(PendingWrite write) {
    write.openEffects = write.effects.size();
    if (write.openEffects == 0) {
      gather(write);
    } else {
      admission.accept(write);
    }
  }

  @Override
  public void append(EffectTask task) {
    task.owner.openEffects--;
    if (task.owner.openEffects == 0) {
      gather(task.owner);
    }
  }

  private void gather(PendingWrite write) {
    queueOf(write).gather(write, loop.clock().nanos());
  }

  private TransactionQueue queueOf(PendingWrite write) {
    return queues.computeIfAbsent(tables(write), this::queue);
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
    List<TableFlow> its = new ArrayList<>(1 + tables.size());
    its.add(ledgerFlow);
    for (String table : tables) {
      its.add(requireNonNull(flows.get(table), "flow"));
    }
    return new TransactionQueue(its, triggers);
  }

  @Override
  public OptionalLong nextDue(Eagerness eagerness) {
    OptionalLong next = OptionalLong.empty();
    TransactionQueue elder = elder();
    Set<WriteBudget> claimed = elder == null ? Set.of() : elder.claimed();
    for (TransactionQueue queue : queues.values()) {
      // What has to leave its tables to another is due when that one is.
      if (queue == elder || !queue.needs(claimed)) {
        next = Timers.earlier(next, queue.nextDue(eagerness, loop.clock().nanos()));
      }
    }
    return next;
  }

  @Override
  public void dispatch(Eagerness eagerness) {
    boolean any = true;
    while (any && loop.flights().hasRoom()) {
      any = false;
      TransactionQueue elder = elder();
      Set<WriteBudget> claimed = elder == null ? Set.of() : elder.claimed();
      for (TransactionQueue queue : queues.values()) {
        boolean mayGo = queue == elder || !queue.needs(claimed);
        any |= mayGo && loop.flights().hasRoom() && sendOne(queue, eagerness);
      }
    }
  }

  /**
   * The queue that has waited longest for its budgets, if that is long: a transaction over several
   * tables must find all of them ready at once, and others would always be there before it.
   */
  private @Nullable TransactionQueue elder() {
    TransactionQueue elder = null;
    long since = loop.clock().nanos() - PATIENCE_NANOS;
    for (TransactionQueue queue : queues.values()) {
      if (queue.waitingSince() != 0 && queue.waitingSince() <= since) {
        since = queue.waitingSince();
        elder = queue;
      }
    }
    return elder;
  }

  private boolean sendOne(TransactionQueue queue, Eagerness eagerness) {
    TransactionGroup taken = queue.take(eagerness, loop.clock().nanos());
    if (taken == null) {
      return false;
    }
    TransactionGroup group = taken.withoutEnded();
    return group.writes().isEmpty() || send(queue, group);
  }

  private boolean send(TransactionQueue queue, TransactionGroup group) {
    TransactionPassage passage = loop.flights().hasRoom(group.bytes()) ? queue.pass(group) : null;
    if (passage == null) {
      queue.putBack(group);
      return false;
    }
    queue.departed();
    group.writes().forEach(write -> write.claimInFlight = true);
    var transaction = group.transaction(tokens);
    loop.metrics().requestSent(Stage.TRANSACTION, ledger.table().name(), group.writes().size());
    loop.flights()
        .launch(
            group.bytes(),
            () -> ledger.transact().send(transaction, passage.consumption()),
            TransactReply.Failed::new,
            reply -> {
              queue.landed();
              landed(queue, group, passage, reply);
            });
    return true;
  }

  private void landed(
      TransactionQueue queue,
      TransactionGroup group,
      TransactionPassage passage,
      TransactReply reply) {
    group.writes().forEach(write -> write.claimInFlight = false);
    if (reply instanceof TransactReply.Applied applied) {
      passage.applied(group.writes());
      ClaimReply answer = new ClaimReply.Applied(applied.expireAt());
      group.writes().forEach(write -> listener().answered(write, answer));
    } else if (reply instanceof TransactReply.Cancelled cancelled) {
      count(group, passage, cancelled.parts());
      cancelled(queue, group, cancelled.parts());
    } else if (reply instanceof TransactReply.Failed failed) {
      passage.failed(group, failed.failure());
      failed(queue, group, failed.failure());
    }
  }

  /** What was refused for its rate slows whatever refused it. */
  private static void count(
      TransactionGroup group, TransactionPassage passage, List<TransactReply.Part> parts) {
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).claim() instanceof ClaimReply.Failed failed
          && failed.failure().kind() == Failure.Kind.THROTTLED) {
        passage.entryRefused();
      }
      CancelledWrite.of(group.writes().get(i), parts.get(i))
          .forEachFailure(
              (task, failure) -> {
                if (failure.kind() == Failure.Kind.THROTTLED) {
                  passage.effectRefused(task, failure);
                }
              });
    }
    passage.cancelled();
  }

  private void failed(TransactionQueue queue, TransactionGroup group, Failure failure) {
    boolean isFinal =
        failure.kind() == Failure.Kind.RECORD || failure.kind() == Failure.Kind.SYSTEM;
    if (failure.isTokenTaken()) {
      // Whose ever it was: the entries say whether this one has gone through.
      retry(queue, group.withoutToken(), failure);
    } else if (!isFinal) {
      retry(queue, group, failure);
    } else if (group.writes().size() == 1) {
      PendingWrite write = group.writes().get(0);
      listener().failed(write, failures.ofTransaction(ledger.table().name(), write, failure));
    } else {
      // Only one of them may be at fault.
      group.writes().forEach(write -> queue.add(TransactionGroup.of(List.of(write), 0)));
    }
  }

  private void cancelled(
      TransactionQueue queue, TransactionGroup group, List<TransactReply.Part> parts) {
    List<PendingWrite> atOnce = new ArrayList<>();
    List<PendingWrite> later = new ArrayList<>();
    Failure last = null;
    for (int i = 0; i < parts.size(); i++) {
      PendingWrite write = group.writes().get(i);
      TransactReply.Part part = parts.get(i);
      if (part.claim() instanceof ClaimReply.Held held) {
        listener().answered(write, held);
        continue;
      }
      CancelledWrite fault = CancelledWrite.of(write, part);
      Failure failure = fault.failure();
      if (failure == null) {
        fault.markEnded();
        atOnce.add(write);
      } else if (fault.isFinal()) {
        listener().failed(write, fault.exception(ledger.table().name(), failures));
      } else {
        fault.markEnded();
        later.add(write);
        last = failure;
      }
    }
    if (!atOnce.isEmpty()) {
      queue.add(TransactionGroup.of(atOnce, 0));
    }
    if (last != null) {
      retry(queue, TransactionGroup.of(later, group.failures()), last);
    }
  }

  private void retry(TransactionQueue queue, TransactionGroup group, Failure failure) {
    loop.metrics()
        .retried(Stage.TRANSACTION, ledger.table().name(), group.writes().size(), failure.code());
    if (failure.kind() == Failure.Kind.THROTTLED) {
      loop.metrics().throttled(ledger.table().name(), group.writes().size());
    }
    long at = loop.retryAt(group.failures() + 1);
    for (PendingWrite write : group.writes()) {
      if (at >= write.deadline) {
        listener().failed(write, failures.unknown(failure));
      }
    }
    TransactionGroup left = group.afterFailure();
    if (!left.writes().isEmpty()) {
      loop.timers().schedule(at, () -> queue.add(left));
    }
  }

  private Listener listener() {
    return requireNonNull(listener, "listener");
  }
}
