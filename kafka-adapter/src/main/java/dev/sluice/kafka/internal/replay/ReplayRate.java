package dev.sluice.kafka.internal.replay;

import java.time.Duration;
import java.time.Instant;

/** Spaces records evenly. Not thread-safe. */
final class ReplayRate {
  private final long nanosEach;
  private Instant next = Instant.MIN;

  /**
   * Creates a pace.
   *
   * @param perSecond records a second, 1 or more
   */
  ReplayRate(int perSecond) {
    this.nanosEach = Duration.ofSeconds(1).toNanos() / perSecond;
  }

  /** How long the next record has to wait, which then counts as let through. */
  Duration next(Instant now) {
    Instant at = next.isAfter(now) ? next : now;
    next = at.plusNanos(nanosEach);
    return Duration.between(now, at);
  }
}
