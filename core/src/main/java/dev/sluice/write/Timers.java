package dev.sluice.write;

import java.util.Comparator;
import java.util.OptionalLong;
import java.util.PriorityQueue;

/** What the loop has to do later. One real timer wakes the loop for the earliest. */
final class Timers {
  private record Timer(long at, long sequence, Runnable action) {}

  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timer::at).thenComparingLong(Timer::sequence));
  private long sequence;

  void schedule(long at, Runnable action) {
    timers.add(new Timer(at, sequence++, action));
  }

  void runDue(long now) {
    for (Timer first = timers.peek(); first != null && first.at <= now; first = timers.peek()) {
      timers.poll();
      first.action.run();
    }
  }

  /** The earlier of two times, either of which may not be set. */
  static OptionalLong earlier(OptionalLong one, OptionalLong other) {
    if (one.isEmpty()) {
      return other;
    }
    return other.isEmpty() || one.getAsLong() <= other.getAsLong() ? one : other;
  }

  OptionalLong next() {
    Timer first = timers.peek();
    return first == null ? OptionalLong.empty() : OptionalLong.of(first.at);
  }
}
