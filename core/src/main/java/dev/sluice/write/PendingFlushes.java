package dev.sluice.write;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/** The flushes that wait for what was accepted before them. */
final class PendingFlushes {
  private record Flush(long upTo, CompletableFuture<Void> done) {}

  private final Deque<Flush> waiting = new ArrayDeque<>();
  private final WriteCompletions completions;

  PendingFlushes(WriteCompletions completions) {
    this.completions = completions;
  }

  /** Completes the future when all writes before the sequence number have ended. */
  void add(long upTo, CompletableFuture<Void> done) {
    waiting.add(new Flush(upTo, done));
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Ends those whose writes have ended; their listeners have been told by now. */
  void endDue() {
    PendingWrite oldest = completions.oldestOpen();
    for (Flush flush = waiting.peek();
        flush != null && (oldest == null || oldest.sequence >= flush.upTo);
        flush = waiting.peek()) {
      waiting.remove();
      CompletableFuture<Void> done = flush.done;
      completions.execute(() -> done.complete(null));
    }
  }
}
