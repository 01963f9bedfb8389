package dev.sluice.kafka.internal.poll;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Where other threads leave what the polling thread has to do: the callbacks of the writer and of
 * the producer change nothing themselves. Any thread may leave something; only the polling thread
 * takes out and waits.
 */
public final class PollMailbox implements Executor {
  private final Queue<Runnable> mail = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Thread waiting;

  @Override
  public void execute(Runnable task) {
    mail.add(task);
    Thread thread = waiting;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  /** Runs what is there now; what is left meanwhile waits for the next call. */
  void run() {
    Runnable last = null;
    // The bound keeps a flood of completions from starving the poll.
    for (int i = 0; i < 100_000; i++) {
      last = mail.poll();
      if (last == null) {
        return;
      }
      last.run();
    }
  }

  /**
   * Parks the calling thread until something is there, or the time is over, or it is interrupted.
   */
  void await(Duration atMost) {
    waiting = Thread.currentThread();
    if (mail.isEmpty()) {
      LockSupport.parkNanos(this, atMost.toNanos());
    }
    waiting = null;
  }
}
