package dev.sluice.write;

import dev.sluice.request.Failure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The time as the loop sees it: read once a turn, so that one turn sees one time. */
final class TurnClock {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final InstantSource source;
  private final long deliveryNanos;
  private long nanos;

  TurnClock(InstantSource source, Duration deliveryTimeout) {
    this.source = source;
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
    nanos = instant.getEpochSecond() * NANOS_PER_SECOND + instant.getNano();
  }

  long nanos() {
    return nanos;
  }
}
