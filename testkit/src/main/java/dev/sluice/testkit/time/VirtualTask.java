package dev.sluice.testkit.time;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A task with its due time; it keeps what it threw, so that nothing thrown gets lost. */
final class VirtualTask<V> extends FutureTask<V> implements RunnableScheduledFuture<V> {

  static final int NOWHERE = -1;

  private final VirtualExecutor owner;
  private final long number;
  private final long period;
  private long due;
  private @Nullable Throwable failure;

  /** Where the task stands among those due; guarded by the queue. */
  int place = NOWHERE;

  /**
   * @param due nanoseconds since the start
   * @param period nanoseconds from start to start if positive, from end to start if negative, none
   *     if 0
   */
  VirtualTask(VirtualExecutor owner, Callable<V> body, long number, long due, long period) {
    super(body);
    this.owner = owner;
    this.number = number;
    this.due = due;
    this.period = period;
  }

  long due() {
    return due;
  }

  long number() {
    return number;
  }

  Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  @Override
  public void run() {
    if (owner.pausedUntil() > owner.now()) {
      due = owner.pausedUntil();
      owner.repeat(this);
    } else if (!isPeriodic()) {
      super.run();
    } else if (runAndReset()) {
      due = period > 0 ? due + period : owner.now() - period;
      owner.repeat(this);
    }
  }

  @Override
  protected void setException(Throwable thrown) {
    failure = thrown;
    super.setException(thrown);
  }

  @Override
  protected void done() {
    owner.forget(this);
  }

  @Override
  public V get() throws InterruptedException, ExecutionException {
    if (!isDone()) {
      owner.refuseToBlock("get()");
    }
    return super.get();
  }

  @Override
  public boolean isPeriodic() {
    return period != 0;
  }

  @Override
  public long getDelay(TimeUnit unit) {
    return unit.convert(due - owner.now(), NANOSECONDS);
  }

  @Override
  public int compareTo(Delayed other) {
    return Long.compare(getDelay(NANOSECONDS), other.getDelay(NANOSECONDS));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
