package dev.sluice.testkit.time;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** An executor over a {@link TaskQueue} that it may share with others. */
final class VirtualExecutor extends AbstractExecutorService implements ScheduledExecutorService {

  private final VirtualTime time;
  private final TaskQueue tasks;
  private final Set<VirtualTask<?>> unfinished = new LinkedHashSet<>();
  private boolean shutdown;
  private long pausedUntil;

  VirtualExecutor(VirtualTime time, TaskQueue tasks) {
    this.time = time;
    this.tasks = tasks;
  }

  @Override
  public void execute(Runnable command) {
    var unused = add(callable(command), 0, 0);
  }

  @Override
  public Future<?> submit(Runnable command) {
    return add(callable(command), 0, 0);
  }

  @Override
  public <V> Future<V> submit(Runnable command, V result) {
    return add(Executors.callable(command, result), 0, 0);
  }

  @Override
  public <V> Future<V> submit(Callable<V> callable) {
    return add(requireNonNull(callable, "callable"), 0, 0);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return add(callable(command), unit.toNanos(delay), 0);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    return add(requireNonNull(callable, "callable"), unit.toNanos(delay), 0);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    return add(callable(command), unit.toNanos(initialDelay), positive(unit.toNanos(period)));
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    return add(callable(command), unit.toNanos(initialDelay), -positive(unit.toNanos(delay)));
  }

  @Override
  public void shutdown() {
    List<VirtualTask<?>> periodic;
    synchronized (this) {
      shutdown = true;
      periodic = unfinished.stream().filter(VirtualTask::isPeriodic).toList();
    }
    periodic.forEach(task -> task.cancel(false));
  }

  @Override
  public List<Runnable> shutdownNow() {
    List<Runnable> waiting;
    synchronized (this) {
      shutdown = true;
      waiting = List.copyOf(unfinished);
      unfinished.clear();
    }
    waiting.forEach(task -> tasks.remove((VirtualTask<?>) task));
    return waiting;
  }

  @Override
  public synchronized boolean isShutdown() {
    return shutdown;
  }

  @Override
  public synchronized boolean isTerminated() {
    return shutdown && unfinished.isEmpty();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return time.reaches(this::isTerminated, Duration.ofNanos(unit.toNanos(timeout)));
  }

  long now() {
    return tasks.now();
  }

  synchronized void pause(long nanos) {
    pausedUntil = Math.max(pausedUntil, tasks.now() + nanos);
  }

  synchronized long pausedUntil() {
    return pausedUntil;
  }

  void refuseToBlock(String what) {
    time.refuseToBlock(what);
  }

  void repeat(VirtualTask<?> task) {
    synchronized (this) {
      if (unfinished.contains(task)) {
        tasks.add(task);
      }
    }
  }

  synchronized void forget(VirtualTask<?> task) {
    unfinished.remove(task);
    tasks.remove(task);
  }

  private synchronized <V> VirtualTask<V> add(Callable<V> body, long delay, long period) {
    if (shutdown) {
      throw new RejectedExecutionException("the executor is shut down");
    }
    long due = tasks.now() + Math.max(0, delay);
    var task = new VirtualTask<>(this, body, tasks.nextNumber(), due, period);
    unfinished.add(task);
    tasks.add(task);
    return task;
  }

  private static Callable<Object> callable(Runnable command) {
    return Executors.callable(requireNonNull(command, "command"));
  }

  private static long positive(long period) {
    if (period <= 0) {
      throw new IllegalArgumentException("the period must be positive but is " + period + " ns");
    }
    return period;
  }
}
