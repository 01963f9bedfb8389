package dev.sluice.benchmarks.writer;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs on the benchmark's thread what was submitted, when it is told to, and counts the time that
 * this takes. What is scheduled for later never comes: nothing waits here. Not safe for use by
 * several threads.
 */
final class TurnExecutor extends AbstractExecutorService implements ScheduledExecutorService {
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private long busyNanos;

  /**
   * Runs what waits.
   *
   * @return whether there was something
   */
  boolean runAll() {
    Runnable task = tasks.poll();
    if (task == null) {
      return false;
    }
    long start = System.nanoTime();
    for (; task != null; task = tasks.poll()) {
      task.run();
    }
    busyNanos += System.nanoTime() - start;
    return true;
  }

  /** {@return the time since the last call that tasks have taken} */
  long takeBusyNanos() {
    long taken = busyNanos;
    busyNanos = 0;
    return taken;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    return new Later<>(Executors.callable(task));
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
    return new Later<>(task);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable task, long initialDelay, long period, TimeUnit unit) {
    return schedule(task, initialDelay, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, long initialDelay, long delay, TimeUnit unit) {
    return schedule(task, initialDelay, unit);
  }

  @Override
  public void shutdown() {}

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return false;
  }

  private static final class Later<V> extends FutureTask<V> implements ScheduledFuture<V> {
    Later(Callable<V> task) {
      super(task);
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return Long.MAX_VALUE;
    }

    @Override
    public int compareTo(Delayed other) {
      return 0;
    }
  }
}
