package dev.sluice.kafka.internal.time;

import java.time.Duration;
import java.time.InstantSource;

/**
 * Divides the time that a caller gives for closing: a tenth is kept for what the Kafka clients do
 * beyond their own timeouts; of the rest, what is in flight gets two thirds, and the last commit
 * and the clients what is left. Immutable.
 *
 * @param drained until when to wait for what is in flight
 * @param closed until when the clients are to be closed
 */
public record CloseBudget(Deadline drained, Deadline closed) {
  /**
   * Begins the time of a caller.
   *
   * @param clock measures it
   * @param timeout what the caller gives
   * @return its parts
   */
  public static CloseBudget ofCaller(InstantSource clock, Duration timeout) {
    return of(clock, timeout.multipliedBy(9).dividedBy(10));
  }

  /**
   * Begins the time of a loop.
   *
   * @param clock measures it
   * @param timeout how long the loop may take to close
   * @return its parts
   */
  public static CloseBudget of(InstantSource clock, Duration timeout) {
    return new CloseBudget(
        Deadline.after(clock, timeout.multipliedBy(2).dividedBy(3)),
        Deadline.after(clock, timeout));
  }

  /** {@return the same, but without time for what is in flight} */
  public CloseBudget withoutDrain() {
    return new CloseBudget(Deadline.after(drained.clock(), Duration.ZERO), closed);
  }

  /** {@return how long the last commit may take now, so that time is left for the clients} */
  public Duration forCommit() {
    return closed.left().dividedBy(2);
  }

  /**
   * How long a caller waits before it hurries the clients along.
   *
   * @param timeout what the caller gives
   * @return the wait; the rest of the timeout is for their end
   */
  public static Duration beforeHurry(Duration timeout) {
    return timeout.minus(timeout.dividedBy(20));
  }
}
