package dev.sluice.kafka.internal.poll;

import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** What the loop has to do later. Entries never change their time. Not thread-safe. */
final class PollTimers {
  private record Entry(Instant due, long sequence, Runnable task) {}

  private final PriorityQueue<Entry> entries =
      new PriorityQueue<>(Comparator.comparing(Entry::due).thenComparingLong(Entry::sequence));
  private long sequence;

  void at(Instant due, Runnable task) {
    entries.add(new Entry(due, sequence++, task));
  }

  /** Runs what is due; what it adds runs no earlier than the next call. */
  void run(Instant now) {
    long end = sequence;
    while (true) {
      Entry next = entries.peek();
      if (next == null || next.due().isAfter(now) || next.sequence() >= end) {
        return;
      }
      entries.remove();
      next.task().run();
    }
  }

  /** The time of the next entry, or null. */
  @Nullable Instant next() {
    Entry next = entries.peek();
    return next == null ? null : next.due();
  }
}
