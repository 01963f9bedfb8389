package dev.sluice;

import java.time.Duration;
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

  /** Lets what is submitted run, callbacks included, for at most the given time. */
  void shutDown(Duration timeout) throws InterruptedException {
    executors.forEach(ExecutorService::shutdown);
    for (ExecutorService executor : executors) {
      if (!executor.awaitTermination(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        executor.shutdownNow();
      }
    }
  }
}
