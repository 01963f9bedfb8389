package dev.sluice.write;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Puts claims off after failures. Those that failed together go again together, or each would need
 * a request of its own. Belongs to the loop.
 */
final class ClaimRetries {
  private final String table;
  private final WriteFailures failures;
  private final LoopResources loop;

  ClaimRetries(String table, WriteFailures failures, LoopResources loop) {
    this.table = table;
    this.failures = failures;
    this.loop = loop;
  }

  /**
   * Puts claims off by a backoff; those whose time is up by then are given up.
   *
   * @param writes whose claims have failed, at least one
   * @param inARow how often they have failed in a row
   * @param again what is done with those in time when it is time
   * @param listener told of those that are given up
   */
  void putOff(
      List<PendingWrite> writes,
      int inARow,
      Consumer<List<PendingWrite>> again,
      Claimer.Listener listener) {
    long at = loop.retryAt(inARow);
    List<PendingWrite> inTime = new ArrayList<>(writes.size());
    for (PendingWrite write : writes) {
      if (at < write.deadline) {
        inTime.add(write);
      } else {
        listener.failed(write, failures.afterAttempts(table, write.attempts, loop.clock()));
      }
    }
    if (!inTime.isEmpty()) {
      loop.timers().schedule(at, () -> again.accept(inTime));
    }
  }
}
