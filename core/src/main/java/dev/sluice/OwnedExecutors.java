package dev.sluice;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that a writer started itself, and stops when it is closed. */
final class OwnedExecutors {
  private static final AtomicInteger WRITERS = new AtomicInteger();
  private static final int MAX_REQUEST_THREADS = 4;

  private final String prefix = "sluice-writer-" + WRITERS.incrementAndGet();
  private final List<ExecutorService> executors = new ArrayList<>();

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
  }
}
