package dev.sluice.write;

import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Hands messages from any thread to the loop, which runs when there are some or when it asked to be
 * woken, and never twice at once.
 *
 * <p>Where the scheduler no longer takes anything, since the writer was closed, the posting thread
 * runs the loop itself: a message is never left lying.
 */
final class Mailbox {

  /** What runs. */
  interface Loop {
    /** Begins a turn, before its messages are run. */
    void begin();

    /**
     * Ends a turn, after its messages were run.
     *
     * @return the nanoseconds after which another is wanted if no message comes, if any
     */
    OptionalLong end();

    /** A turn failed, which is a fault in this library: nothing may stay open. */
    void broken(Throwable fault);
  }

  private static final int MESSAGES_A_TURN = 1024;

  private final Queue<Runnable> messages = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final ScheduledExecutorService scheduler;
  private final Loop loop;
  private @Nullable ScheduledFuture<?> wake;
  private volatile boolean stopped;

  Mailbox(ScheduledExecutorService scheduler, Loop loop) {
    this.scheduler = scheduler;
    this.loop = loop;
  }

  void post(Runnable message) {
    messages.add(message);
    schedule();
  }

  /** From now on no wake-up is wanted. */
  void stop() {
    stopped = true;
  }

  private void schedule() {
    if (scheduled.compareAndSet(false, true)) {
      try {
        scheduler.execute(this::run);
      } catch (RejectedExecutionException e) {
        run();
      }
    }
  }

  private void run() {
    try {
      loop.begin();
      int left = MESSAGES_A_TURN;
      for (Runnable message = messages.poll(); message != null; message = messages.poll()) {
        message.run();
        if (--left == 0) {
          break;
        }
      }
      wakeIn(loop.end());
    } catch (RuntimeException | Error fault) {
      loop.broken(fault);
    } finally {
      scheduled.set(false);
      if (!messages.isEmpty()) {
        schedule();
      }
    }
  }

  private void wakeIn(OptionalLong delayNanos) {
    if (wake != null) {
      wake.cancel(false);
      wake = null;
    }
    if (delayNanos.isPresent() && !stopped) {
      wake = scheduler.schedule(this::schedule, delayNanos.getAsLong(), TimeUnit.NANOSECONDS);
    }
  }
}
