package dev.sluice.kafka.internal.poll;

import org.jspecify.annotations.Nullable;

/**
 * Lets another thread end a wait that does not end in its time: the client of the {@code consumer}
 * protocol, while it closes, looks at the clock only when a broker answers or five seconds have
 * passed. Thread-safe.
 */
final class CloseInterrupter {
  private @Nullable Thread waiting;
  private boolean lost;

  /** Does what may wait for longer than it should; an interruption by {@link #lose} ends here. */
  void during(Runnable wait) {
    begin();
    try {
      wait.run();
    } finally {
      end();
    }
  }

  /** Interrupts what is waited for now, if anything, and whatever would be waited for after it. */
  synchronized void lose() {
    lost = true;
    if (waiting != null) {
      waiting.interrupt();
    }
  }

  /** Whether it was lost. */
  synchronized boolean lost() {
    return lost;
  }

  private synchronized void begin() {
    waiting = Thread.currentThread();
    if (lost) {
      waiting.interrupt();
    }
  }

  private synchronized void end() {
    waiting = null;
    if (lost) {
      var unused = Thread.interrupted();
    }
  }
}
