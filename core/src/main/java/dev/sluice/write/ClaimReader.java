package dev.sluice.write;

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

/**
 * Reads whose entries stand in the way of claims, be it a single one: a read costs a fifth of what
 * a put does that fails. A read that failed is repeated, which costs no write unit, unless reads
 * keep failing, cannot work or are not permitted. Belongs to the loop.
 */
final class ClaimReader {
  /** Takes the claims that a read did not answer. */
  interface Unanswered {
    /** No entry stands, or one that has expired. */
    void absent(PendingWrite write);

    /** It could not be read whether one does. */
    void unread(PendingWrite write);
  }

  /** So many failures, and reads count as failing for good. */
  static final int MAX_FAILURES = 3;

  private final LedgerRequests ledger;
  private final ClaimRetries retries;
  private final LoopResources loop;
  private final Unanswered unanswered;
  private final Deque<PendingWrite> toRead = new ArrayDeque<>();
  private int inFlight;

  ClaimReader(
      LedgerRequests ledger, ClaimRetries retries, LoopResources loop, Unanswered unanswered) {
    this.ledger = ledger;
    this.retries = retries;
    this.loop = loop;
    this.unanswered = unanswered;
  }

  /** An entry may stand in the way of a claim, and is to be read. */
  void add(PendingWrite write) {
    toRead.add(write);
  }

  /** {@return whether entries are to be read} */
  boolean isDue() {
    return !toRead.isEmpty();
  }

  boolean isIdle() {
    return inFlight == 0;
  }

  /**
   * Sends one read if entries are to be read; there must be room.
   *
   * @param listener told the answers
   * @return whether one was sent
   */
  boolean sendOne(Claimer.Listener listener) {
    if (toRead.isEmpty()) {
      return false;
    }
    if (ledger.reads().isAbsent()) {
      List<PendingWrite> all = take(toRead.size());
      all.forEach(unanswered::unread);
      return false;
    }
    if (!loop.requests().hasRoom(ClaimReads.MAX_ITEMS * ClaimSender.BYTES_A_CLAIM)) {
      return false;
    }
    List<PendingWrite> writes = take(ClaimReads.MAX_ITEMS);
    if (writes.isEmpty()) {
      return false;
    }
    List<LedgerEntry> entries = ClaimSender.entries(writes);
    inFlight++;
    writes.forEach(write -> write.claimInFlight = true);
    loop.metrics().requestSent(Stage.CLAIM, ledger.table().name(), writes.size());
    loop.requests()
        .send(
            writes.size() * ClaimSender.BYTES_A_CLAIM,
            () -> ledger.reads().send(entries),
            failure -> ClaimReply.all(writes.size(), new ClaimReply.Failed(failure)),
            replies -> answered(writes, replies, listener));
    return true;
  }

  private List<PendingWrite> take(int max) {
    List<PendingWrite> writes = new ArrayList<>();
    while (writes.size() < max && !toRead.isEmpty()) {
      PendingWrite write = toRead.remove();
      if (write.stage() == PendingWrite.Stage.CLAIMING) {
        writes.add(write);
      }
    }
    return writes;
  }

  private void answered(
      List<PendingWrite> writes, List<ClaimReply> replies, Claimer.Listener listener) {
    inFlight--;
    List<PendingWrite> again = new ArrayList<>(0);
    int most = 0;
    for (int i = 0; i < writes.size(); i++) {
      PendingWrite write = writes.get(i);
      ClaimReply reply = replies.get(i);
      write.claimInFlight = false;
      if (write.hasEnded()) {
        continue;
      }
      if (reply instanceof ClaimReply.Failed failed) {
        if (isToBeRepeated(write, failed.failure())) {
          write.failed(failed.failure(), loop.clock().nanos());
          again.add(write);
          most = Math.max(most, write.readFailures);
        } else {
          unanswered.unread(write);
        }
      } else if (reply instanceof ClaimReply.NotPut) {
        unanswered.absent(write);
      } else if (reply instanceof ClaimReply.Answer answer) {
        listener.answered(write, answer);
      }
    }
    if (!again.isEmpty()) {
      retries.putOff(again, most, toRead::addAll, listener);
    }
  }

  /** Whether an entry is to be read once more. */
  private boolean isToBeRepeated(PendingWrite write, Failure failure) {
    loop.metrics().retried(Stage.CLAIM, ledger.table().name(), 1, failure.code());
    write.readFailures++;
    // A throttled read took read units: it says nothing of the ledger's write budget.
    return !failure.kind().isFinal() && write.readFailures < MAX_FAILURES;
  }
}
