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
    /**
     * Begins a turn, before its messages are run.
     *
     * @return the time, in nanoseconds
     */
    long begin();

    /** Takes a write that was handed over. */
    void accept(PendingWrite write);

    /**
     * Ends a turn, after its messages were run.
     *
     * @return the time at which another is wanted if no message comes, in nanoseconds; if any
     */
    OptionalLong end();

    /** A turn failed, which is a fault in this library: nothing may stay open. */
    void broken(Throwable fault);
  }

  private static final int MESSAGES_A_TURN = 1024;

  // Actions, and writes as they are: one more object for each would be many.
  private final Queue<Object> messages = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final ScheduledExecutorService scheduler;
  private final Loop loop;
  private @Nullable Wake wake;
  private volatile boolean stopped;
  private volatile @Nullable Thread runner;

  Mailbox(ScheduledExecutorService scheduler, Loop loop) {
    this.scheduler = scheduler;
    this.loop = loop;
  }

  void post(Runnable message) {
    messages.add(message);
    schedule();
  }

  void post(PendingWrite write) {
    messages.add(write);
    schedule();
  }

  /** {@return whether the calling thread runs the loop} */
  boolean isRunHere() {
    return runner == Thread.currentThread();
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
    runner = Thread.currentThread();
    try {
      long now = loop.begin();
      int left = MESSAGES_A_TURN;
      for (Object message = messages.poll(); message != null; message = messages.poll()) {
        if (message instanceof PendingWrite write) {
          loop.accept(write);
        } else {
          ((Runnable) message).run();
        }
        if (--left == 0) {
          break;
        }
      }
      wakeAt(loop.end(), now);
    } catch (RuntimeException | Error fault) {
      loop.broken(fault);
    } finally {
      runner = null;
      scheduled.set(false);
      if (!messages.isEmpty()) {
        schedule();
      }
    }
  }

  /** A timer that fires early costs a turn, and less than a new timer for every turn. */
  private void wakeAt(OptionalLong at, long now) {
    boolean wanted = at.isPresent() && !stopped;
    if (wake != null && wake.isPending()) {
      if (wanted && wake.at <= at.getAsLong()) {
        return;
      }
      wake.cancel();
    }
    wake = null;
    if (wanted) {
      wake = new Wake(at.getAsLong());
      wake.start(now);
    }
  }

  /** A timer. The scheduler says that it is done only after the turn that it causes may be over. */
  private final class Wake implements Runnable {
    final long at;
    private volatile boolean fired;
    private @Nullable ScheduledFuture<?> timer;

    Wake(long at) {
      this.at = at;
    }

    void start(long now) {
      timer = scheduler.schedule(this, Math.max(0, at - now), TimeUnit.NANOSECONDS);
    }

    boolean isPending() {
      return !fired;
    }

    void cancel() {
      if (timer != null) {
        timer.cancel(false);
      }
    }

    @Override
    public void run() {
      fired = true;
      // A turn that is under way may have taken it for pending: then there is another.
      post(() -> {});
    }
  }
}
