package dev.sluice.kafka.simulation;

import dev.sluice.kafka.record.MapperError;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * A call that can stop half-way and be taken up again: in virtual time, code that blocks. It runs
 * on a thread of its own, but only while whoever starts or resumes it waits for it.
 */
final class Fiber {
  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "fiber");
            thread.setDaemon(true);
            return thread;
          });

  private final Semaphore goOn = new Semaphore(0);
  private final Semaphore stopped = new Semaphore(0);
  private volatile Throwable failure;
  private volatile boolean ended;
  private volatile boolean killed;

  /** Unwinds the call of a process that has died. */
  @SuppressWarnings("serial")
  static final class Killed extends Error {
    Killed() {
      super("the process has died", null, false, false);
    }
  }

  /** Runs the body until it suspends itself or ends; what it throws is thrown here. */
  static Fiber start(Runnable body) {
    Fiber fiber = new Fiber();
    THREADS.execute(
        () -> {
          fiber.goOn.acquireUninterruptibly();
          CURRENT.set(fiber);
          try {
            body.run();
          } catch (Throwable thrown) {
            if (!unwinds(thrown)) {
              fiber.failure = thrown;
            }
          }
          CURRENT.remove();
          fiber.ended = true;
          fiber.stopped.release();
        });
    fiber.resume();
    return fiber;
  }

  /** Nobody is left who would want to know, be it that it died within a mapper. */
  private static boolean unwinds(Throwable thrown) {
    return thrown instanceof Killed
        || (thrown instanceof MapperError error && error.thrown() instanceof Killed);
  }

  private static final ThreadLocal<Fiber> CURRENT = new ThreadLocal<>();

  /** {@return the fiber that the caller runs in, or null} */
  static Fiber current() {
    return CURRENT.get();
  }

  /** Runs on until the body suspends itself again or ends. */
  void resume() {
    if (ended) {
      return;
    }
    goOn.release();
    stopped.acquireUninterruptibly();
    Throwable thrown = failure;
    failure = null;
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
  }

  /** Called within: stops here until somebody resumes the fiber. */
  void suspend() {
    stopped.release();
    goOn.acquireUninterruptibly();
    if (killed) {
      throw new Killed();
    }
  }

  boolean ended() {
    return ended;
  }

  /** Ends the call where it stands. */
  void kill() {
    killed = true;
    resume();
  }
}
