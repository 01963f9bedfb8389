package dev.sluice.pacing;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/**
 * One hot partition key: its bucket, and what waits for it. Not safe for use by several threads.
 */
final class HotKeyQueue<T> {
  private static final double LEAST_UNITS = 1;
  private static final double NANOS = 1e9;

  /** A key that waited for its retries was let through little, and takes more than that. */
  private static final double LEAST_START_UNITS = HotKeys.PARTITION_UNITS / 50.0;

  /** Over less than this, what was let through says nothing of a rate. */
  private static final long SHORTEST_NANOS = 100_000_000L;

  private record Held<T>(T element, double units) {}

  private final Object key;
  private final RateControl control;
  private final TokenBucket bucket;
  private final Deque<Held<T>> line = new ArrayDeque<>();
  private long busyAt;
  private double admitted;
  private double throttled;

  /**
   * Creates a key that has just turned out to be hot.
   *
   * @param key the key
   * @param units what it was let through of late
   * @param nanos in how long
   * @param now the time
   */
  HotKeyQueue(Object key, double units, long nanos, long now) {
    this.key = key;
    double seen = nanos < SHORTEST_NANOS ? HotKeys.PARTITION_UNITS : units * NANOS / nanos;
    double start = Math.max(LEAST_START_UNITS, seen);
    this.control = new RateControl(LEAST_UNITS, HotKeys.PARTITION_UNITS, start);
    this.bucket = TokenBucket.even(control.rate(), now);
    this.busyAt = now;
  }

  /** Whether something of it may be sent now, and is paid for; else it has to be held. */
  boolean passes(double units, long now) {
    return line.isEmpty() && take(units, now);
  }

  private boolean take(double units, long now) {
    conclude(now);
    if (!bucket.isReady(now)) {
      control.limited(now);
      return false;
    }
    bucket.spend(units, now);
    control.sent(units, now);
    return true;
  }

  private void conclude(long now) {
    if (control.conclude(now)) {
      bucket.change(control.rate(), now);
    }
  }

  void hold(T element, double units, long now) {
    line.add(new Held<>(element, units));
    busyAt = now;
  }

  /** Lets go whose turn it is, and drops what nobody wants any more. */
  void release(long now, Predicate<T> isWanted, List<T> free) {
    for (Held<T> head = line.peek(); head != null; head = line.peek()) {
      boolean wanted = isWanted.test(head.element);
      if (wanted && !take(head.units, now)) {
        break;
      }
      line.remove();
      busyAt = now;
      if (wanted) {
        free.add(head.element);
      }
    }
  }

  int waiting() {
    return line.size();
  }

  /** When something of it may be sent, or if nothing waits, when it is idle. */
  long nextRelease(long now, long idleNanos) {
    return line.isEmpty()
        ? busyAt + idleNanos
        : now + Math.min(bucket.nanosUntilReady(now), RateControl.WINDOW_NANOS);
  }

  void answered(double admittedUnits, double throttledUnits, long sentAt, long now) {
    admitted += admittedUnits;
    throttled += throttledUnits;
    if (throttledUnits > 0) {
      busyAt = now;
    }
    control.answered(admittedUnits, throttledUnits, sentAt, now);
  }

  boolean isIdle(long now, long idleNanos) {
    return line.isEmpty() && now - busyAt >= idleNanos;
  }

  HotKeys.State state() {
    return new HotKeys.State(key, bucket.rate(), admitted, throttled, line.size());
  }
}
