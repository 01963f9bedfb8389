package dev.sluice.write;

import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs what callers want to be told on their executor, so that nothing that they or it throw comes
 * back to who tells them.
 */
final class Callbacks {
  private static final Logger log = LoggerFactory.getLogger(Callbacks.class);

  private final Executor executor;

  Callbacks(Executor executor) {
    this.executor = executor;
  }

  /** Runs a callback on the executor, or at once if that takes nothing (any more). */
  void execute(Runnable callback) {
    try {
      executor.execute(() -> runGuarded(callback));
    } catch (RuntimeException | Error rejected) {
      // Full, or shut down before the writer: nobody's write may stay open for it.
      runGuarded(callback);
    }
  }

  /** Runs a callback here; what it throws is logged and goes no further. */
  static void runGuarded(Runnable callback) {
    try {
      callback.run();
    } catch (RuntimeException | Error e) {
      // Only its class: a user's message may hold what must not be logged.
      log.warn("A listener threw {}.", e.getClass().getName());
    }
  }
}
