package dev.sluice.write;

import dev.sluice.flow.WriteBudget;
import dev.sluice.request.Consumption;
import dev.sluice.request.Failure;
import java.util.List;

/**
 * Holds the write units that one request reserved on one table, and settles them when the request
 * is answered. The answer also says which keys are hot. Belongs to the loop.
 */
final class UnitReservation {
  private final TablePacing pacing;
  private final WriteBudget.Reservation reserved;
  private final double bySize;
  private final Consumption consumption;
  private final long sentAt;

  UnitReservation(
      TablePacing pacing,
      WriteBudget.Reservation reserved,
      double bySize,
      Consumption consumption) {
    this.pacing = pacing;
    this.reserved = reserved;
    this.bySize = bySize;
    this.consumption = consumption;
    this.sentAt = pacing.nanos();
  }

  WriteBudget.Reservation reserved() {
    return reserved;
  }

  /** Gives all units back: the request was not sent, or took nothing. */
  void cancel() {
    reserved.cancel();
  }

  /**
   * Settles by what the request took.
   *
   * @param notWritten the write units, by size, of what was not written, for whatever reason
   * @param throttledByTable those of them that the table throttled
   */
  void settle(double notWritten, double throttledByTable) {
    settle(notWritten, throttledByTable, 0);
  }

  /**
   * Settles by what the request took, as far as that is known.
   *
   * @param notWritten the write units, by size, of what was not written, for whatever reason
   * @param throttledByTable those of them that the table throttled
   * @param unknown the write units, by size, of which nobody knows whether they were written
   */
  void settle(double notWritten, double throttledByTable, double unknown) {
    double written = bySize - notWritten - unknown;
    double reported = consumption.units(pacing.table());
    // A statement that finds an item is charged for, and may not be in the report.
    double consumed =
        Double.isNaN(reported) ? pacing.estimate().of(written) : Math.max(reported, written);
    if (!Double.isNaN(reported) && written > 0 && unknown == 0) {
      pacing.estimate().learn(written, consumed);
    }
    reserved.settle(
        consumed, pacing.estimate().of(throttledByTable), pacing.estimate().of(unknown));
  }

  /**
   * Settles a cancelled transaction, which costs what it would have cost.
   *
   * @param throttledByTable the write units, by size, that the table throttled
   */
  void settleCancelled(double throttledByTable) {
    double throttled = pacing.estimate().of(throttledByTable);
    reserved.settle(Math.max(0, reserved.units() - throttled), throttled);
  }

  /** An effect was written. */
  void written(EffectTask task) {
    pacing.hot().admitted(task, pacing.units(task), sentAt, pacing.nanos());
  }

  /** An effect was throttled; returns its units if the table throttled it, 0 if its key is hot. */
  double throttled(EffectTask task, Failure failure) {
    double units = pacing.units(task);
    boolean isHot = pacing.hot().isThrottledForItself(task, units, failure, sentAt, pacing.nanos());
    return isHot ? 0 : units;
  }

  /** All effects were throttled; returns the units of those that the table throttled. */
  double throttled(List<EffectTask> tasks, Failure failure) {
    double byTable = 0;
    for (EffectTask task : tasks) {
      byTable += throttled(task, failure);
    }
    return byTable;
  }
}
