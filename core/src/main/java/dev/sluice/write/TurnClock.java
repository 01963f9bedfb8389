package dev.sluice.write;

import dev.sluice.request.Failure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;

/**
 * The time as the loop sees it: read once a turn, so that one turn sees one time.
 *
 * <p>A clock that somebody may set forward is held to the loop's own timer. The timer sees to it
 * that a turn begins by a known time. What the clock says beyond that has not passed: it is left
 * out from then on.
 */
final class TurnClock {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** So late a timer may be. */
  private static final long LATE_NANOS = NANOS_PER_SECOND / 4;

  private final InstantSource source;
  private final boolean mayBeSet;
  private final long deliveryNanos;
  private long nanos;
  private long leftOut;
  private long latest = Long.MAX_VALUE;

  TurnClock(InstantSource source, boolean mayBeSet, Duration deliveryTimeout) {
    this.source = source;
    this.mayBeSet = mayBeSet;
    read();
    this.deliveryNanos = deliveryTimeout.toNanos();
  }

  /** When the time is up of what is accepted now. */
  long deadline() {
    return nanos() + deliveryNanos;
  }

  /** How long ago a write was accepted, in nanoseconds. */
  long age(PendingWrite write) {
    return nanos() - (write.deadline - deliveryNanos);
  }

  /** Why what has failed so far ends, if its time is up now. */
  Failure atDeadline(FailedAttempts attempts) {
    return attempts.atDeadline(nanos, deliveryNanos);
  }

  void read() {
    Instant instant = source.instant();
    // Epoch nanoseconds fit a long until the year 2262.
    long read = instant.getEpochSecond() * NANOS_PER_SECOND + instant.getNano() - leftOut;
    if (mayBeSet && read > latest) {
      leftOut += read - latest;
      read = latest;
    }
    nanos = read;
  }

  /** The loop's timer sees to it that a turn begins by then; without one it may be any time. */
  void nextTurnBy(OptionalLong at) {
    latest = at.isEmpty() ? Long.MAX_VALUE : Math.max(nanos, at.getAsLong()) + LATE_NANOS;
  }

  long nanos() {
    return nanos;
  }
}
