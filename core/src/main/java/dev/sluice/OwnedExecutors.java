package dev.sluice;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The threads that a writer started itself, and stops when it is closed. */
final class OwnedExecutors {
  private static final AtomicInteger WRITERS = new AtomicInteger();
  private static final int MAX_REQUEST_THREADS = 4;

  private final String prefix = "sluice-writer-" + WRITERS.incrementAndGet();
  private final List<ExecutorService> executors = new ArrayList<>();
  private @Nullable ThreadPoolExecutor fallback;

  ScheduledExecutorService scheduler() {
    ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1, threads("loop"));
    scheduler.setRemoveOnCancelPolicy(true);
    scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return own(scheduler);
  }

  ExecutorService requests() {
    int threads = Math.min(MAX_REQUEST_THREADS, Runtime.getRuntime().availableProcessors());
    return own(Executors.newFixedThreadPool(threads, threads("requests")));
  }

  ExecutorService callbacks() {
    return own(Executors.newSingleThreadExecutor(threads("callbacks")));
  }

  /**
   * Tells listeners where their own executor does not. Its thread ends by itself a second after it
   * has had nothing to do, and it is never shut down: it takes what comes after the end, too.
   */
  Executor fallbackCallbacks() {
    ThreadPoolExecutor fallback =
        new ThreadPoolExecutor(
            1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads("callbacks"));
    fallback.allowCoreThreadTimeOut(true);
    this.fallback = fallback;
    return fallback;
  }

  private <E extends ExecutorService> E own(E executor) {
    executors.add(executor);
    return executor;
  }

  private ThreadFactory threads(String role) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, prefix + "-" + role + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /**
   * Stops the threads once what is submitted has run, callbacks included, and waits for that.
   * Nothing is dropped: a thread that a slow listener still holds then ends by itself, later.
   *
   * @param clock the time
   * @param deadline until when to wait
   */
  void shutDown(InstantSource clock, Instant deadline) throws InterruptedException {
    executors.forEach(ExecutorService::shutdown);
    for (ExecutorService executor : executors) {
      Duration left = Duration.between(clock.instant(), deadline);
      if (!executor.awaitTermination(left.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    }
    ThreadPoolExecutor last = fallback;
    if (last != null && last.getTaskCount() > last.getCompletedTaskCount()) {
      awaitLast(last, Duration.between(clock.instant(), deadline));
    }
  }

  private static void awaitLast(ExecutorService executor, Duration atMost)
      throws InterruptedException {
    try {
      executor.submit(() -> {}).get(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // A slow listener still holds the thread, as it may hold that of any other executor.
      return;
    }
  }
}
