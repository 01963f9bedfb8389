package dev.sluice.write;

import dev.sluice.batch.BatchTriggers;
import dev.sluice.metrics.WriterMetrics.Stage;
import dev.sluice.request.ClaimReply;
import dev.sluice.request.Failure;
import dev.sluice.request.LedgerRequests;
import dev.sluice.request.TransactReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Makes claims and effects in transactions. A write is gathered once all of its effects are at the
 * heads of their lines, so no two events of one transaction, or of two under way, name one item.
 *
 * <p>A transaction whose outcome is not known goes again as it was, under its token. After a
 * cancellation, what was at fault leaves, and the rest goes again as a transaction of its own.
 */
final class TransactionSender implements Claimer, EffectSink {
  private final LedgerRequests ledger;
  private final LoopResources loop;
  private final TransactionTokens tokens;
  private final TransactionQueues queues;
  private final TransactionRetries retries;
  private final RejectedTransactions rejected;
  private final Connection<Listener> listener = new Connection<>();
  private final Connection<EffectStage> effects = new Connection<>();
  private final Connection<EffectSink> gate = new Connection<>();

  TransactionSender(
      LedgerRequests ledger,
      TablePacing ledgerPacing,
      Map<String, TablePacing> pacings,
      BatchTriggers triggers,
      WriteFailures failures,
      KeySchemaChecks keySchemas,
      LoopResources loop) {
    this.ledger = ledger;
    this.queues = new TransactionQueues(ledgerPacing, pacings, triggers);
    this.loop = loop;
    this.tokens = new TransactionTokens(loop.runtime().tokens());
    this.retries =
        new TransactionRetries(
            ledger.table().name(), queues, pacings, failures, loop, listener, gate);
    this.rejected =
        new RejectedTransactions(ledger, failures, keySchemas, loop, this::retryAlone, listener);
  }

  @Override
  public void connect(Listener told) {
    listener.connect(told);
  }

  /**
   * Connects the effects that go in the transactions, once.
   *
   * @param stage appends the effects of a write as they get to the heads of their lines
   * @param hotKeys takes effects of a write that is to go again, in case their keys are hot by then
   */
  void connect(EffectStage stage, EffectSink hotKeys) {
    effects.connect(stage);
    gate.connect(hotKeys);
  }

  @Override
  public void claim(PendingWrite write) {
    write.effectsNotAtHead = write.effects.size();
    if (write.effectsNotAtHead == 0) {
      gather(write);
    } else {
      effects.get().admit(write);
    }
  }

  @Override
  public void append(EffectTask task) {
    task.owner.effectsNotAtHead--;
    if (task.owner.effectsNotAtHead == 0) {
      gather(task.owner);
    }
  }

  private void gather(PendingWrite write) {
    queues.of(write).gather(write, loop.clock().nanos());
  }

  @Override
  public OptionalLong nextDue(Eagerness eagerness) {
    long now = loop.clock().nanos();
    return rejected.isDue() ? OptionalLong.of(now) : queues.nextDue(eagerness, now);
  }

  @Override
  public void dispatch(Eagerness eagerness) {
    boolean any = true;
    while (any && loop.requests().hasRoom()) {
      any = rejected.sendOne();
    }
    any = true;
    while (any && loop.requests().hasRoom()) {
      any = false;
      for (TransactionQueue queue : queues.free(loop.clock().nanos())) {
        any |= loop.requests().hasRoom() && sendOne(queue, eagerness);
      }
    }
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
    TransactionReservation reservation =
        loop.requests().hasRoom(group.bytes()) ? queue.reserve(group) : null;
    if (reservation == null) {
      queue.putBack(group);
      return false;
    }
    queue.requestSent();
    group.writes().forEach(write -> write.claimInFlight = true);
    var transaction = group.transaction(tokens);
    loop.metrics().requestSent(Stage.TRANSACTION, ledger.table().name(), group.writes().size());
    loop.requests()
        .send(
            group.bytes(),
            () -> ledger.transact().send(transaction, reservation.consumption()),
            TransactReply.Failed::new,
            reply -> {
              answered(queue, group, reservation, reply);
              // Only now: what the reply brings about may look for queues that are idle, to drop.
              queue.requestAnswered();
            });
    return true;
  }

  private void answered(
      TransactionQueue queue,
      TransactionGroup group,
      TransactionReservation reservation,
      TransactReply reply) {
    group.writes().forEach(write -> write.claimInFlight = false);
    if (reply instanceof TransactReply.Applied applied) {
      reservation.applied(group.writes());
      ClaimReply.Answer answer = new ClaimReply.Applied(applied.expireAt());
      group.writes().forEach(write -> listener.get().answered(write, answer));
    } else if (reply instanceof TransactReply.Cancelled cancelled) {
      count(group, reservation, cancelled.parts());
      cancelled(queue, group, cancelled.parts());
    } else if (reply instanceof TransactReply.Unattributed unattributed) {
      reservation.cancelled();
      unattributed(queue, group, unattributed.failure());
    } else if (reply instanceof TransactReply.Failed failed) {
      long now = loop.clock().nanos();
      group.writes().forEach(write -> write.failed(failed.failure(), now));
      reservation.failed(group, failed.failure());
      failed(queue, group, failed.failure());
    }
  }

  /** What was throttled slows whatever throttled it. */
  private static void count(
      TransactionGroup group, TransactionReservation reservation, List<TransactReply.Part> parts) {
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).claim() instanceof ClaimReply.Failed failed
          && failed.failure().kind() == Failure.Kind.THROTTLED) {
        reservation.entryThrottled();
      }
      CancelledWrite.of(group.writes().get(i), parts.get(i))
          .forEachFailure(
              (task, failure) -> {
                if (failure.kind() == Failure.Kind.THROTTLED) {
                  reservation.effectThrottled(task, failure);
                }
              });
    }
    reservation.cancelled();
  }

  private void failed(TransactionQueue queue, TransactionGroup group, Failure failure) {
    boolean isSingle = group.writes().size() == 1;
    if (failure.isTokenTaken()) {
      // Whoever took the token: the entries say whether this transaction has gone through.
      retries.putOff(group.withoutToken(), failure);
    } else if (!failure.kind().isFinal()) {
      if (!isSingle && RequestSplitter.isDue(group.unexplained(), false, failure.isOfClient())) {
        // Only one of them may be why. The entries keep what has gone through from going again.
        group.singles().forEach(single -> retries.putOff(single, failure));
      } else {
        retries.putOff(group, failure);
      }
    } else if (isSingle) {
      reject(group.writes().get(0), Rejection.ofTransaction(failure));
    } else {
      // Only one of them may be at fault.
      group.singles().forEach(queue::add);
    }
  }

  /**
   * What is not the system's fault may have been rejected unseen: its entry is looked for first.
   */
  private void reject(PendingWrite write, Rejection rejection) {
    if (rejection.failure().kind() == Failure.Kind.SYSTEM) {
      listener.get().failed(write, rejected.exception(write, rejection, true));
    } else {
      rejected.add(write, rejection);
    }
  }

  private void unattributed(TransactionQueue queue, TransactionGroup group, Failure failure) {
    if (group.writes().size() > 1) {
      group.singles().forEach(queue::add);
    } else {
      reject(group.writes().get(0), Rejection.ofTransaction(failure));
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
        listener.get().answered(write, held);
        continue;
      }
      if (part.claim() instanceof ClaimReply.Exists) {
        reject(write, Rejection.ofTransaction(Failure.notExplained()));
        continue;
      }
      CancelledWrite fault = CancelledWrite.of(write, part);
      Failure failure = fault.failure();
      if (failure == null) {
        fault.markEnded();
        atOnce.add(write);
      } else if (fault.isFinal()) {
        reject(write, fault.rejection());
      } else {
        fault.markEnded();
        write.failed(failure, loop.clock().nanos());
        later.add(write);
        last = failure;
      }
    }
    if (!atOnce.isEmpty()) {
      queue.add(TransactionGroup.of(atOnce, 0));
    }
    if (last != null) {
      retries.putOff(TransactionGroup.of(later, group.failures()), last);
    }
  }

  private void retryAlone(PendingWrite write, Failure failure) {
    write.failed(failure, loop.clock().nanos());
    retries.putOff(TransactionGroup.of(List.of(write), write.claimFailures++), failure);
  }
}
