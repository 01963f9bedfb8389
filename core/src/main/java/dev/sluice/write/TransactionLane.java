package dev.sluice.write;

import static java.util.Objects.requireNonNull;

import dev.sluice.batch.BatchAccumulator;
import dev.sluice.batch.BatchTriggers;
import dev.sluice.metrics.WriterMetrics.Stage;
import dev.sluice.request.ClaimReply;
import dev.sluice.request.Failure;
import dev.sluice.request.LedgerRequests;
import dev.sluice.request.TransactReply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
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
  private final LedgerRequests ledger;
  private final WriteFailures failures;
  private final LoopResources loop;
  private final TransactionTokens tokens;
  private final BatchAccumulator<PendingWrite> gathering;
  private final Deque<TransactionGroup> again = new ArrayDeque<>();
  private @Nullable Listener listener;
  private Consumer<PendingWrite> admission = write -> {};
  private int inFlight;

  TransactionLane(
      LedgerRequests ledger, BatchTriggers triggers, WriteFailures failures, LoopResources loop) {
    this.ledger = ledger;
    this.failures = failures;
    this.loop = loop;
    this.tokens = new TransactionTokens(loop.random());
    this.gathering = new BatchAccumulator<>(triggers);
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
    gathering.append(write, write.bytes, loop.clock().nanos());
  }

  @Override
  public OptionalLong nextDue() {
    return again.isEmpty() ? gathering.nextDue() : OptionalLong.of(loop.clock().nanos());
  }

  @Override
  public void dispatch(Eagerness eagerness) {
    while (loop.flights().hasRoom()) {
      TransactionGroup group = again.poll();
      if (group == null) {
        boolean atOnce =
            eagerness == Eagerness.AT_ONCE
                || (eagerness == Eagerness.IDLE_AT_ONCE && inFlight == 0);
        List<PendingWrite> due =
            (atOnce ? gathering.pollAny() : gathering.poll(loop.clock().nanos())).orElse(List.of());
        if (due.isEmpty()) {
          return;
        }
        again.addAll(TransactionGroup.pack(due));
      } else {
        send(group.withoutEnded());
      }
    }
  }

  private void send(TransactionGroup group) {
    if (group.writes().isEmpty()) {
      return;
    }
    inFlight++;
    group.writes().forEach(write -> write.claimInFlight = true);
    var transaction = group.transaction(tokens);
    loop.metrics().requestSent(Stage.TRANSACTION, ledger.table().name(), group.writes().size());
    loop.flights()
        .launch(
            () -> ledger.transact().send(transaction),
            TransactReply.Failed::new,
            reply -> landed(group, reply));
  }

  private void landed(TransactionGroup group, TransactReply reply) {
    inFlight--;
    group.writes().forEach(write -> write.claimInFlight = false);
    if (reply instanceof TransactReply.Applied applied) {
      ClaimReply answer = new ClaimReply.Applied(applied.expireAt());
      group.writes().forEach(write -> listener().answered(write, answer));
    } else if (reply instanceof TransactReply.Cancelled cancelled) {
      cancelled(group, cancelled.parts());
    } else if (reply instanceof TransactReply.Failed failed) {
      failed(group, failed.failure());
    }
  }

  private void failed(TransactionGroup group, Failure failure) {
    boolean isFinal =
        failure.kind() == Failure.Kind.RECORD || failure.kind() == Failure.Kind.SYSTEM;
    if (!isFinal) {
      retry(group, failure);
    } else if (group.writes().size() == 1) {
      PendingWrite write = group.writes().get(0);
      listener().failed(write, failures.ofTransaction(ledger.table().name(), write, failure));
    } else {
      // Only one of them may be at fault.
      group.writes().forEach(write -> again.add(TransactionGroup.of(List.of(write), 0)));
    }
  }

  private void cancelled(TransactionGroup group, List<TransactReply.Part> parts) {
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
      again.add(TransactionGroup.of(atOnce, 0));
    }
    if (last != null) {
      retry(TransactionGroup.of(later, group.failures()), last);
    }
  }

  private void retry(TransactionGroup group, Failure failure) {
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
      loop.timers().schedule(at, () -> again.add(left));
    }
  }

  private Listener listener() {
    return requireNonNull(listener, "listener");
  }
}
