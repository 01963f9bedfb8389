package dev.sluice.write;

import static java.util.Objects.requireNonNull;

import dev.sluice.batch.BatchAccumulator;
import dev.sluice.batch.BatchTriggers;
import dev.sluice.ledger.LedgerEntry;
import dev.sluice.metrics.WriterMetrics.Stage;
import dev.sluice.request.ClaimReads;
import dev.sluice.request.ClaimReply;
import dev.sluice.request.Failure;
import dev.sluice.request.LedgerRequests;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes claims in batches, and a single one by a conditional put. A batch says only that an entry
 * stands: one such is asked for by the conditional put, which carries it, several by a read.
 */
final class ClaimLane implements Claimer {
  private final LedgerRequests ledger;
  private final WriteFailures failures;
  private final LoopResources loop;
  private final BatchAccumulator<PendingWrite> gathering;
  // Whose entries are known to stand, but not which entries those are.
  private final Deque<PendingWrite> unread = new ArrayDeque<>();
  private final Deque<PendingWrite> alone = new ArrayDeque<>();
  private @Nullable Listener listener;
  private int inFlight;

  ClaimLane(
      LedgerRequests ledger, BatchTriggers triggers, WriteFailures failures, LoopResources loop) {
    this.ledger = ledger;
    this.failures = failures;
    this.loop = loop;
    this.gathering = new BatchAccumulator<>(triggers);
  }

  @Override
  public void onEnded(Listener told) {
    listener = told;
  }

  @Override
  public void claim(PendingWrite write) {
    // Entries are small against what a request takes: only their number counts.
    gathering.append(write, 0, loop.clock().nanos());
  }

  @Override
  public OptionalLong nextDue() {
    return unread.isEmpty() && alone.isEmpty()
        ? gathering.nextDue()
        : OptionalLong.of(loop.clock().nanos());
  }

  @Override
  public void dispatch(Eagerness eagerness) {
    boolean more = true;
    while (more && loop.flights().hasRoom()) {
      more = sendOne(eagerness);
    }
  }

  private boolean sendOne(Eagerness eagerness) {
    if (!unread.isEmpty()) {
      List<PendingWrite> writes = open(unread, ClaimReads.MAX_ITEMS);
      if (writes.size() > 1) {
        send(writes, ledger.reads()::send);
      } else {
        writes.forEach(this::sendAlone);
      }
      return true;
    }
    if (!alone.isEmpty()) {
      open(alone, 1).forEach(this::sendAlone);
      return true;
    }
    boolean atOnce =
        eagerness == Eagerness.AT_ONCE || (eagerness == Eagerness.IDLE_AT_ONCE && inFlight == 0);
    List<PendingWrite> due =
        (atOnce ? gathering.pollAny() : gathering.poll(loop.clock().nanos())).orElse(List.of());
    if (due.isEmpty()) {
      return false;
    }
    due.removeIf(write -> !isOpen(write));
    if (due.size() > 1) {
      send(due, ledger.inserts()::send);
    } else {
      due.forEach(this::sendAlone);
    }
    return true;
  }

  /** Takes those that are still to be claimed: the time of some may be up. */
  private static List<PendingWrite> open(Deque<PendingWrite> queue, int max) {
    List<PendingWrite> open = new ArrayList<>();
    while (open.size() < max && !queue.isEmpty()) {
      PendingWrite write = queue.remove();
      if (isOpen(write)) {
        open.add(write);
      }
    }
    return open;
  }

  private static boolean isOpen(PendingWrite write) {
    return write.stage == PendingWrite.Stage.CLAIMING;
  }

  private void sendAlone(PendingWrite write) {
    List<PendingWrite> one = List.of(write);
    LedgerEntry entry = write.entry();
    depart(one);
    loop.flights()
        .launch(
            () -> ledger.put().send(entry),
            ClaimReply.Failed::new,
            reply -> landed(one, List.of(reply)));
  }

  private void send(
      List<PendingWrite> writes,
      Function<List<LedgerEntry>, CompletableFuture<List<ClaimReply>>> request) {
    List<LedgerEntry> entries = new ArrayList<>(writes.size());
    for (PendingWrite write : writes) {
      entries.add(write.entry());
    }
    depart(writes);
    loop.flights()
        .launch(
            () -> request.apply(entries),
            failure -> ClaimReply.all(writes.size(), new ClaimReply.Failed(failure)),
            replies -> landed(writes, replies));
  }

  private void depart(List<PendingWrite> writes) {
    inFlight++;
    for (PendingWrite write : writes) {
      write.claimInFlight = true;
    }
    loop.metrics().requestSent(Stage.CLAIM, ledger.table().name(), writes.size());
  }

  private void landed(List<PendingWrite> writes, List<ClaimReply> replies) {
    inFlight--;
    boolean wasAlone = writes.size() == 1;
    List<PendingWrite> again = new ArrayList<>(0);
    Failure last = null;
    for (int i = 0; i < writes.size(); i++) {
      PendingWrite write = writes.get(i);
      ClaimReply reply = replies.get(i);
      write.claimInFlight = false;
      if (write.hasEnded()) {
        continue;
      }
      if (reply instanceof ClaimReply.Exists) {
        unread.add(write);
      } else if (reply instanceof ClaimReply.Alone) {
        alone.add(write);
      } else if (reply instanceof ClaimReply.Failed failed) {
        if (!isEnd(write, failed.failure(), wasAlone)) {
          again.add(write);
          last = failed.failure();
        }
      } else {
        listener().answered(write, reply);
      }
    }
    if (last != null) {
      retry(again, last);
    }
  }

  /** Whether a failure has been dealt with; if not, the claim is to be made again later. */
  private boolean isEnd(PendingWrite write, Failure failure, boolean wasAlone) {
    switch (failure.kind()) {
      case RECORD -> {
        if (wasAlone) {
          // The entry is ours alone: if it is refused, the table is not what it should be.
          listener().failed(write, failures.ofLedger(ledger.table().name(), failure));
        } else {
          alone.add(write);
        }
        return true;
      }
      case SYSTEM -> {
        listener().failed(write, failures.ofLedger(ledger.table().name(), failure));
        return true;
      }
      case THROTTLED -> loop.metrics().throttled(ledger.table().name(), 1);
      case PASSING, UNKNOWN -> {}
    }
    loop.metrics().retried(Stage.CLAIM, ledger.table().name(), 1, failure.code());
    write.claimFailures++;
    return false;
  }

  /** Those that failed together go again together, or each would need a request of its own. */
  private void retry(List<PendingWrite> writes, Failure last) {
    int most = 0;
    for (PendingWrite write : writes) {
      most = Math.max(most, write.claimFailures);
    }
    long at = loop.retryAt(most);
    List<PendingWrite> inTime = new ArrayList<>(writes.size());
    for (PendingWrite write : writes) {
      if (at < write.deadline) {
        inTime.add(write);
      } else {
        listener().failed(write, failures.unknown(last));
      }
    }
    if (!inTime.isEmpty()) {
      loop.timers().schedule(at, () -> inTime.forEach(this::claim));
    }
  }

  private Listener listener() {
    return requireNonNull(listener, "listener");
  }
}
