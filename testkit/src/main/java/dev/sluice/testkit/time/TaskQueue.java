package dev.sluice.testkit.time;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Tasks waiting for their time, and tasks due, of which a seeded draw names the next. */
final class TaskQueue {

  private static final Comparator<VirtualTask<?>> BY_TIME =
      Comparator.<VirtualTask<?>>comparingLong(VirtualTask::due)
          .thenComparingLong(VirtualTask::number);

  private final SplittableRandom order;
  private final TreeSet<VirtualTask<?>> timers = new TreeSet<>(BY_TIME);
  private final List<VirtualTask<?>> due = new ArrayList<>();
  private long now;
  private long numbers;

  TaskQueue(SplittableRandom order) {
    this.order = order;
  }

  synchronized long now() {
    return now;
  }

  /** A number that orders tasks by when they were made. */
  synchronized long nextNumber() {
    return numbers++;
  }

  synchronized void add(VirtualTask<?> task) {
    if (task.due() > now) {
      timers.add(task);
    } else {
      addDue(task);
    }
  }

  synchronized void remove(VirtualTask<?> task) {
    if (!timers.remove(task) && task.place >= 0) {
      removeDue(task);
    }
  }

  /** Takes one of the due tasks, each with the same chance; null if none is due. */
  synchronized @Nullable VirtualTask<?> takeDue() {
    if (due.isEmpty()) {
      return null;
    }
    var task = due.get(order.nextInt(due.size()));
    removeDue(task);
    return task;
  }

  /**
   * Moves time to the first timer and makes all timers of that instant due.
   *
   * @return false if there is none up to {@code end}, where time then stands
   */
  synchronized boolean moveToNextTimer(long end) {
    if (timers.isEmpty() || timers.first().due() > end) {
      now = end;
      return false;
    }
    now = timers.first().due();
    while (!timers.isEmpty() && timers.first().due() == now) {
      addDue(timers.pollFirst());
    }
    return true;
  }

  private void addDue(VirtualTask<?> task) {
    task.place = due.size();
    due.add(task);
  }

  /** Fills the gap with the last one. */
  private void removeDue(VirtualTask<?> task) {
    var last = due.get(due.size() - 1);
    due.set(task.place, last);
    last.place = task.place;
    due.remove(due.size() - 1);
    task.place = VirtualTask.NOWHERE;
  }

  @Override
  public synchronized String toString() {
    return due.size() + " tasks due, " + timers.size() + " waiting";
  }
}
