package dev.sluice.testkit.time;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Time that stands still until a test moves it, with executors that run only then, on the thread
 * that moves it.
 *
 * <p>At one instant many tasks may be due; which runs next is drawn from the seed, so another seed
 * is another interleaving and the same seed is the same one. Tasks of one {@link #serialExecutor()}
 * keep their order among themselves.
 *
 * <p>What a task throws reaches the test: the call that ran it ({@link #runUntilIdle()}, {@link
 * #advance}, {@link #runUntil}) finishes its work and then throws an {@link AssertionError} with
 * the first exception as its cause and the others suppressed. This holds for submitted tasks too,
 * whose futures fail as well.
 *
 * <p>Any thread may submit tasks and read the clock. Only one thread at a time may move time, and
 * never from within a task; both give {@link IllegalStateException}. A run repeats exactly when
 * everything is submitted by the thread that moves time.
 */
public final class VirtualTime {

  /** The instant at which time starts unless another is given: 2026-01-01T00:00:00Z. */
  public static final Instant DEFAULT_START = Instant.parse("2026-01-01T00:00:00Z");

  /** So many tasks at one instant are taken for tasks that keep submitting each other. */
  private static final long MOST_TASKS_AT_ONE_INSTANT = 3_000_000;

  private final long seed;
  private final Instant start;
  private final TaskQueue tasks;
  private final SplittableRandom randoms;
  private final List<Throwable> failures = new ArrayList<>();
  private @Nullable Thread mover;

  private VirtualTime(long seed, Instant start) {
    this.seed = seed;
    this.start = start;
    var root = new SplittableRandom(seed);
    this.tasks = new TaskQueue(root.split());
    this.randoms = root.split();
  }

  /** Virtual time that starts at {@link #DEFAULT_START}. */
  public static VirtualTime seeded(long seed) {
    return seeded(seed, DEFAULT_START);
  }

  /** Virtual time that starts at {@code start}. */
  public static VirtualTime seeded(long seed, Instant start) {
    return new VirtualTime(seed, requireNonNull(start, "start"));
  }

  /** The seed this time was made with. */
  public long seed() {
    return seed;
  }

  /** The current virtual instant. */
  public Instant now() {
    return start.plusNanos(tasks.now());
  }

  /** Nanoseconds of virtual time since the start; stands in for {@link System#nanoTime()}. */
  public long nanoTime() {
    return tasks.now();
  }

  /** The clock of this time. */
  public InstantSource clock() {
    return this::now;
  }

  /**
   * A new executor whose tasks and timers run in this time, in an order drawn from the seed where
   * they are due together. Each call gives another one, with a life of its own: after {@code
   * shutdown()} its delayed tasks still run and its periodic ones do not. Its {@code
   * awaitTermination} moves time by at most the timeout; called from within a task it cannot, and
   * answers at once.
   */
  public ScheduledExecutorService scheduler() {
    return new VirtualExecutor(this, tasks);
  }

  /** A new executor that runs its tasks one by one in the order they were given to it. */
  public Executor serialExecutor() {
    return new SerialExecutor(scheduler());
  }

  /**
   * A new executor that runs its tasks on another one, one by one in the order they were given.
   *
   * @param executor runs them
   * @return the executor
   */
  public Executor serialExecutor(Executor executor) {
    return new SerialExecutor(executor);
  }

  /**
   * Lets an executor stand still, as the threads of a process do that a collector or a hypervisor
   * holds up: what becomes due meanwhile runs at the end of it.
   *
   * @param executor one of {@link #scheduler()}
   * @param pause for how long
   */
  public void pause(ScheduledExecutorService executor, Duration pause) {
    if (!(executor instanceof VirtualExecutor virtual)) {
      throw new IllegalArgumentException(
          executor + " cannot be paused: give one that scheduler() made.");
    }
    virtual.pause(pause.toNanos());
  }

  /**
   * A new random generator split from the seed. How much is drawn from it changes neither the order
   * of tasks nor what other generators give.
   */
  public RandomGenerator random() {
    synchronized (randoms) {
      return randoms.split();
    }
  }

  /**
   * Runs all that is due now, and all that becomes due by it, without moving time.
   *
   * @throws AssertionError if a task threw, or if tasks keep submitting each other without end
   */
  public void runUntilIdle() {
    moving(() -> runDueTasks(() -> false));
  }

  /**
   * Moves time forward, running what falls due on the way, each at its own instant.
   *
   * @throws AssertionError if a task threw, or if tasks keep submitting each other without end
   * @throws IllegalArgumentException if {@code duration} is negative
   */
  public void advance(Duration duration) {
    long end = after(duration);
    moving(() -> runUntil(() -> false, end));
  }

  /**
   * Runs tasks, moving time to the next timer whenever nothing is due, until the condition holds.
   * It is asked before the first task and after each one, on this thread.
   *
   * @param limit the most that time may move; when it does not suffice, time stands at the limit
   * @throws AssertionError if the condition does not hold within the limit or nothing is left to
   *     run, if a task threw, or if tasks keep submitting each other without end
   * @throws IllegalArgumentException if {@code limit} is negative
   */
  public void runUntil(BooleanSupplier condition, Duration limit) {
    requireNonNull(condition, "condition");
    long end = after(limit);
    moving(
        () -> {
          if (!runUntil(condition, end)) {
            failures.add(0, new AssertionError("the condition did not hold within " + limit));
          }
        });
  }

  /** As {@link #runUntil(BooleanSupplier, Duration)}, with an answer in place of a failure. */
  boolean reaches(BooleanSupplier condition, Duration limit) {
    if (isMovedByThisThread()) {
      return condition.getAsBoolean();
    }
    long end = after(limit);
    moving(() -> runUntil(condition, end));
    return condition.getAsBoolean();
  }

  /** Refuses to let the thread that moves time wait for what only moving time can bring. */
  void refuseToBlock(String what) {
    if (isMovedByThisThread()) {
      throw new IllegalStateException(
          what + " would wait for ever: it is called from a task in virtual time" + whereAndWhen());
    }
  }

  private boolean runUntil(BooleanSupplier condition, long end) {
    while (true) {
      if (runDueTasks(condition)) {
        return true;
      }
      if (!tasks.moveToNextTimer(end)) {
        return condition.getAsBoolean();
      }
    }
  }

  private boolean runDueTasks(BooleanSupplier condition) {
    for (long ran = 0; !condition.getAsBoolean(); ran++) {
      var next = tasks.takeDue();
      if (next == null) {
        return false;
      }
      if (ran == MOST_TASKS_AT_ONE_INSTANT) {
        throw new AssertionError(
            "tasks keep submitting each other: " + ran + " ran at one instant" + whereAndWhen());
      }
      next.run();
      next.failure().ifPresent(failures::add);
    }
    return true;
  }

  private void moving(Runnable move) {
    synchronized (this) {
      if (mover != null) {
        throw new IllegalStateException(
            mover == Thread.currentThread()
                ? "a task cannot move virtual time" + whereAndWhen()
                : "virtual time is being moved by " + mover + whereAndWhen());
      }
      mover = Thread.currentThread();
    }
    try {
      move.run();
      rethrowFailures();
    } finally {
      failures.clear();
      synchronized (this) {
        mover = null;
      }
    }
  }

  private void rethrowFailures() {
    if (failures.isEmpty()) {
      return;
    }
    var first = failures.get(0);
    var error = new AssertionError(first + whereAndWhen(), first);
    failures.stream().skip(1).forEach(error::addSuppressed);
    throw error;
  }

  private synchronized boolean isMovedByThisThread() {
    return mover == Thread.currentThread();
  }

  private long after(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("time cannot move by " + duration);
    }
    return tasks.now() + duration.toNanos();
  }

  private String whereAndWhen() {
    return " [at %s, %s; seed %d]".formatted(now(), tasks, seed);
  }

  @Override
  public String toString() {
    return "VirtualTime" + whereAndWhen();
  }
}
