package dev.sluice.kafka.internal.poll;

import java.time.Duration;

/** How the loop waits where it may not poll. Replaced where time is virtual. */
@FunctionalInterface
public interface IdleWait {
  /** Parks the polling thread until there is mail. */
  IdleWait PARKED = PollMailbox::await;

  /**
   * Waits for mail. It may come back early.
   *
   * @param mailbox where the mail arrives
   * @param atMost the longest to wait
   */
  void await(PollMailbox mailbox, Duration atMost);
}
