package dev.sluice.write;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs what callers want to be told on their executor, so that nothing that they or it throw comes
 * back to who tells them, and knows which threads do so. Thread-safe.
 */
public final class Callbacks {
  private static final Logger log = LoggerFactory.getLogger(Callbacks.class);

  private final Executor executor;
  private final Executor fallback;
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();

  /**
   * Creates it without callbacks.
   *
   * @param executor where callbacks run
   * @param fallback where they run if the executor takes none; never rejects one
   */
  public Callbacks(Executor executor, Executor fallback) {
    this.executor = executor;
    this.fallback = fallback;
  }

  /** Runs a callback on the executor, or on the fallback if that takes nothing (any more). */
  void execute(Runnable callback) {
    try {
      executor.execute(() -> run(callback));
    } catch (RuntimeException | Error rejected) {
      // Full, or shut down before the writer: nobody's write may stay open for it, and no listener
      // runs on the thread that writes.
      fallback.execute(() -> run(callback));
    }
  }

  private void run(Runnable callback) {
    Thread thread = Thread.currentThread();
    boolean outermost = running.add(thread);
    try {
      runGuarded(callback);
    } finally {
      if (outermost) {
        running.remove(thread);
      }
    }
  }

  /** {@return whether the calling thread runs a callback of this writer's} */
  boolean isRunHere() {
    return running.contains(Thread.currentThread());
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
