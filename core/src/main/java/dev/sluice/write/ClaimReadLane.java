package dev.sluice.write;

import dev.sluice.ledger.LedgerEntry;
import dev.sluice.metrics.WriterMetrics.Stage;
import dev.sluice.request.ClaimReads;
import dev.sluice.request.ClaimReply;
import dev.sluice.request.Failure;
import dev.sluice.request.LedgerRequests;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads whose entries stand in the way of claims. A read that failed is repeated as a read, which
 * costs no write unit; the conditional put answers the same question, and is asked instead where
 * reads keep failing, cannot work or are not permitted. Belongs to the loop.
 */
final class ClaimReadLane {
  /** So many failures, and reads count as failing for good. */
  static final int MAX_FAILURES = 3;

  private final LedgerRequests ledger;
  private final ClaimQueue queue;
  private final ClaimRetries retries;
  private final LoopResources loop;
  private int inFlight;

  ClaimReadLane(LedgerRequests ledger, ClaimQueue queue, ClaimRetries retries, LoopResources loop) {
    this.ledger = ledger;
    this.queue = queue;
    this.retries = retries;
    this.loop = loop;
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
    if (ledger.reads().isDenied()) {
      queue.putUnread();
      return false;
    }
    if (queue.hasUnread()
        && !loop.flights().hasRoom(ClaimReads.MAX_ITEMS * ClaimLane.BYTES_A_CLAIM)) {
      return false;
    }
    List<PendingWrite> writes = queue.takeUnread(ClaimReads.MAX_ITEMS);
    if (writes.isEmpty()) {
      return false;
    }
    List<LedgerEntry> entries = ClaimLane.entries(writes);
    inFlight++;
    writes.forEach(write -> write.claimInFlight = true);
    loop.metrics().requestSent(Stage.CLAIM, ledger.table().name(), writes.size());
    loop.flights()
        .launch(
            writes.size() * ClaimLane.BYTES_A_CLAIM,
            () -> ledger.reads().send(entries),
            failure -> ClaimReply.all(writes.size(), new ClaimReply.Failed(failure)),
            replies -> landed(writes, replies, listener));
    return true;
  }

  private void landed(
      List<PendingWrite> writes, List<ClaimReply> replies, Claimer.Listener listener) {
    inFlight--;
    List<PendingWrite> again = new ArrayList<>(0);
    Failure last = null;
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
          again.add(write);
          last = failed.failure();
          most = Math.max(most, write.readFailures);
        } else {
          queue.addAlone(write);
        }
      } else if (reply instanceof ClaimReply.Alone) {
        queue.addAlone(write);
      } else {
        listener.answered(write, reply);
      }
    }
    if (last != null) {
      retries.putOff(again, most, last, queue::addUnread, listener);
    }
  }

  /** Whether an entry is to be read once more; if not, the put is asked, which fails by itself. */
  private boolean isToBeRepeated(PendingWrite write, Failure failure) {
    loop.metrics().retried(Stage.CLAIM, ledger.table().name(), 1, failure.code());
    write.readFailures++;
    return switch (failure.kind()) {
      case RECORD, SYSTEM -> false;
      // A throttled read took read units: it says nothing of the ledger's write budget.
      case THROTTLED, PASSING, UNKNOWN -> write.readFailures < MAX_FAILURES;
    };
  }
}
