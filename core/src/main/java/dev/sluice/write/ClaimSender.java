package dev.sluice.write;

import dev.sluice.batch.BatchTriggers;
import dev.sluice.ledger.LedgerEntry;
import dev.sluice.metrics.WriterMetrics.Stage;
import dev.sluice.request.ClaimReply;
import dev.sluice.request.Consumption;
import dev.sluice.request.Failure;
import dev.sluice.request.LedgerRequests;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Makes claims in batches, and a single one by a conditional put. A batch says only that an entry
 * stands: one such is asked for by the conditional put, which carries it, several by a read.
 */
final class ClaimSender implements Claimer {
  /** The most of a claim's entry, its request's overhead included, but for a very long id. */
  static final long BYTES_A_CLAIM = 1024;

  private final LedgerRequests ledger;
  private final TablePacing pacing;
  private final WriteFailures failures;
  private final LoopResources loop;
  private final RequestQueue<PendingWrite, List<PendingWrite>> queue;
  private final ClaimRetries retries;
  private final ClaimReader reads;
  private final Connection<Listener> listener = new Connection<>();
  private int inFlight;
  // When something was answered last.
  private long answeredAt;

  ClaimSender(
      LedgerRequests ledger,
      TablePacing pacing,
      BatchTriggers triggers,
      WriteFailures failures,
      LoopResources loop) {
    this.ledger = ledger;
    this.pacing = pacing;
    this.failures = failures;
    this.loop = loop;
    this.queue = new RequestQueue<>(triggers, writes -> writes, loop.clock());
    this.retries = new ClaimRetries(ledger.table().name(), failures, loop);
    this.reads = new ClaimReader(ledger, retries, loop, new AskedByPut());
  }

  @Override
  public void connect(Listener told) {
    listener.connect(told);
  }

  @Override
  public void claim(PendingWrite write) {
    if (ledger.inserts().isAbsent()) {
      // There is nobody to wait for.
      queue.addAlone(write);
    } else {
      // Entries are small against what a request takes: only their number counts.
      queue.gather(write, 0);
    }
  }

  @Override
  public OptionalLong nextDue(Eagerness eagerness) {
    if (reads.isDue()) {
      return OptionalLong.of(loop.clock().nanos());
    }
    OptionalLong due = queue.nextDue(isAtOnce(eagerness));
    return due.isEmpty() ? due : OptionalLong.of(pacing.readyAt(due.getAsLong()));
  }

  @Override
  public void dispatch(Eagerness eagerness) {
    boolean more = true;
    while (more && loop.requests().hasRoom()) {
      more = sendOne(eagerness);
    }
  }

  private boolean sendOne(Eagerness eagerness) {
    if (reads.sendOne(listener.get())) {
      return true;
    }
    boolean atOnce = isAtOnce(eagerness);
    List<PendingWrite> writes = queue.isDue(atOnce) && pacing.isReady() ? queue.take(atOnce) : null;
    if (writes == null) {
      return false;
    }
    // The time of some may be up.
    writes.removeIf(write -> write.stage() != PendingWrite.Stage.CLAIMING);
    if (writes.size() > 1 && ledger.inserts().isAbsent()) {
      writes.forEach(queue::addAlone);
      return true;
    }
    return writes.isEmpty() || sendWithinPace(writes);
  }

  /** What a slowed ledger would take long for goes in parts. */
  private boolean sendWithinPace(List<PendingWrite> writes) {
    int count = (int) Math.max(1, Math.min(writes.size(), pacing.mostAtOnce()));
    if (count == writes.size()) {
      return send(writes);
    }
    queue.putBack(new ArrayList<>(writes.subList(count, writes.size())));
    return send(new ArrayList<>(writes.subList(0, count)));
  }

  private boolean isAtOnce(Eagerness eagerness) {
    boolean idle = inFlight == 0 && reads.isIdle();
    return eagerness == Eagerness.AT_ONCE || (eagerness == Eagerness.IDLE_AT_ONCE && idle);
  }

  private boolean send(List<PendingWrite> writes) {
    long bytes = writes.size() * BYTES_A_CLAIM;
    Consumption consumption = pacing.consumption();
    UnitReservation reservation =
        loop.requests().hasRoom(bytes) ? pacing.reserve(writes.size(), consumption) : null;
    if (reservation == null) {
      queue.putBack(writes);
      return false;
    }
    List<LedgerEntry> entries = entries(writes);
    long sentAt = loop.clock().nanos();
    markSent(writes);
    loop.requests()
        .send(
            bytes,
            () -> request(entries, consumption),
            failure -> ClaimReply.all(writes.size(), new ClaimReply.Failed(failure)),
            replies -> {
              settle(reservation, replies);
              answered(writes, replies, sentAt);
            });
    return true;
  }

  private CompletableFuture<List<ClaimReply>> request(
      List<LedgerEntry> entries, Consumption consumption) {
    return entries.size() == 1
        ? ledger.put().send(entries.get(0), consumption).thenApply(List::of)
        : ledger.inserts().send(entries, consumption);
  }

  static List<LedgerEntry> entries(List<PendingWrite> writes) {
    List<LedgerEntry> entries = new ArrayList<>(writes.size());
    for (PendingWrite write : writes) {
      entries.add(write.entry());
    }
    return entries;
  }

  /** A claim that finds an entry is charged for too; one that was throttled is not. */
  private static void settle(UnitReservation reservation, List<ClaimReply> replies) {
    int notWritten = 0;
    int throttled = 0;
    int unknown = 0;
    for (ClaimReply reply : replies) {
      if (reply instanceof ClaimReply.Failed failed) {
        Failure.Kind kind = failed.failure().kind();
        boolean isThrottled = kind == Failure.Kind.THROTTLED;
        throttled += isThrottled ? 1 : 0;
        notWritten += isThrottled || kind.isFinal() ? 1 : 0;
        unknown += isThrottled || kind.isFinal() ? 0 : 1;
      } else if (reply instanceof ClaimReply.NotPut) {
        notWritten++;
      }
    }
    reservation.settle(notWritten, throttled, unknown);
  }

  private void markSent(List<PendingWrite> writes) {
    inFlight++;
    for (PendingWrite write : writes) {
      write.claimInFlight = true;
    }
    loop.metrics().requestSent(Stage.CLAIM, ledger.table().name(), writes.size());
  }

  private void answered(List<PendingWrite> writes, List<ClaimReply> replies, long sentAt) {
    inFlight--;
    boolean wasAlone = writes.size() == 1;
    List<PendingWrite> again = new ArrayList<>(0);
    boolean wasAnswered = false;
    boolean isOfClient = false;
    for (int i = 0; i < writes.size(); i++) {
      PendingWrite write = writes.get(i);
      ClaimReply reply = replies.get(i);
      write.claimInFlight = false;
      wasAnswered |= !(reply instanceof ClaimReply.Failed failed) || failed.failure().isAnswered();
      Failure failure = write.hasEnded() ? null : failureAfter(write, reply, wasAlone);
      if (failure != null) {
        write.failed(failure, loop.clock().nanos());
        isOfClient |= failure.isOfClient();
        again.add(write);
      }
    }
    if (!again.isEmpty()) {
      boolean split =
          !wasAlone && RequestSplitter.isDue(unexplained(again), answeredAt > sentAt, isOfClient);
      putOff(again, split);
    }
    if (wasAnswered) {
      answeredAt = loop.clock().nanos();
    }
  }

  private static int unexplained(List<PendingWrite> writes) {
    int most = 0;
    for (PendingWrite write : writes) {
      most = Math.max(most, write.attempts == null ? 0 : write.attempts.unexplained());
    }
    return most;
  }

  /** Deals with a reply; returns why the claim is to be made again later, or null if it is not. */
  private @Nullable Failure failureAfter(PendingWrite write, ClaimReply reply, boolean wasAlone) {
    if (reply instanceof ClaimReply.Exists) {
      // A put shows the entry, as a rule. Where it never does, nothing may go round in circles.
      if (wasAlone && ++write.notShown > 1) {
        return failed(write, Failure.notExplained());
      }
      reads.add(write);
    } else if (reply instanceof ClaimReply.NotPut) {
      queue.addAlone(write);
    } else if (reply instanceof ClaimReply.Failed failed) {
      return isEnd(write, failed.failure(), wasAlone) ? null : failed(write, failed.failure());
    } else if (reply instanceof ClaimReply.Answer answer) {
      listener.get().answered(write, answer);
    }
    return null;
  }

  /** Whether a failure has been dealt with; if not, the claim is to be made again later. */
  private boolean isEnd(PendingWrite write, Failure failure, boolean wasAlone) {
    if (!failure.kind().isFinal()) {
      return false;
    }
    if (failure.kind() == Failure.Kind.RECORD && !wasAlone) {
      queue.addAlone(write);
    } else {
      // The entry is ours alone: if it is rejected, the table is not what it should be.
      listener.get().failed(write, failures.ofLedger(ledger.table().name(), failure));
    }
    return true;
  }

  private Failure failed(PendingWrite write, Failure failure) {
    if (failure.kind() == Failure.Kind.THROTTLED) {
      loop.metrics().throttled(ledger.table().name(), 1);
    }
    loop.metrics().retried(Stage.CLAIM, ledger.table().name(), 1, failure.code());
    write.claimFailures++;
    return failure;
  }

  /**
   * Makes claims again later. Those of a request that was not answered go in parts: one of them may
   * be why, and is not to take the others with it.
   */
  private void putOff(List<PendingWrite> again, boolean split) {
    int most = 0;
    for (PendingWrite write : again) {
      most = Math.max(most, write.claimFailures);
    }
    if (split) {
      for (List<PendingWrite> part : RequestSplitter.parts(again)) {
        retries.putOff(part, most, queue::add, listener.get());
      }
    } else {
      retries.putOff(again, most, writes -> writes.forEach(this::claim), listener.get());
    }
  }

  /** What a read does not answer, the put does. */
  private final class AskedByPut implements ClaimReader.Unanswered {
    @Override
    public void absent(PendingWrite write) {
      queue.addAlone(write);
    }

    @Override
    public void unread(PendingWrite write) {
      queue.addAlone(write);
    }
  }
}
