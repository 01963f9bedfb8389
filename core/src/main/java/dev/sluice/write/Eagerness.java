package dev.sluice.write;

/** Whether to wait for more before sending. */
enum Eagerness {
  /** More may come at any moment: wait for a full batch or the linger. */
  LINGER,
  /** Nothing comes of itself: what is idle need not wait. */
  IDLE_AT_ONCE,
  /** Somebody flushes: nothing waits. */
  AT_ONCE
}
