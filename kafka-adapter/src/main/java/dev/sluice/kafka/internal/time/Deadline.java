package dev.sluice.kafka.internal.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A moment by which something is to have ended. Immutable.
 *
 * @param clock measures how far it is; it never goes back
 * @param at the moment
 */
public record Deadline(InstantSource clock, Instant at) {
  /**
   * Begins a time limit now.
   *
   * @param clock measures it
   * @param limit how long it is
   * @return its end
   */
  public static Deadline after(InstantSource clock, Duration limit) {
    return new Deadline(clock, clock.instant().plus(limit));
  }

  /** {@return whether the moment has come} */
  public boolean isOver() {
    return !clock.instant().isBefore(at);
  }

  /** {@return how long it is until then; zero once it has come} */
  public Duration left() {
    Duration left = Duration.between(clock.instant(), at);
    return left.isNegative() ? Duration.ZERO : left;
  }

  /**
   * Bounds a wait.
   *
   * @param most how long to wait anyhow
   * @return that, or what is left if that is less
   */
  public Duration left(Duration most) {
    Duration left = left();
    return left.compareTo(most) < 0 ? left : most;
  }
}
