package dev.sluice.write;

import dev.sluice.flow.WriteBudget;
import dev.sluice.metrics.WriterMetrics;
import dev.sluice.pacing.UnitEstimate;
import dev.sluice.request.Consumption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What paces the writes to one table: its budget, what its writes really cost, and its hot keys.
 * Belongs to the loop, but for the budget, which others may share.
 */
final class TablePacing {
  private final String table;
  private final boolean sharded;
  private final int times;
  private final WriteBudget budget;
  private final TurnClock clock;
  private boolean reported;
  private final UnitEstimate estimate = new UnitEstimate();
  private final TableHotKeys hot;

  /**
   * Creates the pacing of one table, not slowed.
   *
   * @param table the table's name
   * @param sharded whether its partition keys are logical ones with a suffix
   * @param times how many write units are taken for each that a write has by its size
   * @param budget the table's budget
   * @param indexes the table's indexes whose partition keys are known
   * @param clock the loop's clock
   */
  TablePacing(
      String table,
      boolean sharded,
      int times,
      WriteBudget budget,
      List<String> indexes,
      TurnClock clock) {
    this.table = table;
    this.sharded = sharded;
    this.times = times;
    this.budget = budget;
    this.hot = new TableHotKeys(indexes);
    this.clock = clock;
  }

  String table() {
    return table;
  }

  /** {@return whether its partition keys are logical ones with a suffix} */
  boolean isSharded() {
    return sharded;
  }

  /** {@return the write units that an effect takes, by its size} */
  double units(EffectTask task) {
    return times * (double) task.plan.units();
  }

  WriteBudget budget() {
    return budget;
  }

  TableHotKeys hot() {
    return hot;
  }

  /** {@return how many write units, by size, one request should take at most} */
  double mostAtOnce() {
    return estimate.bySize(budget.unitsAtOnce()) / times;
  }

  /** {@return whether a request may go now; asking counts as wanting to send one} */
  boolean isReady() {
    return budget.isReady();
  }

  /** When a request may go that is due at a time. */
  long readyAt(long due) {
    long wait = budget.nanosUntilReady();
    return wait == 0 ? due : Math.max(due, clock.nanos() + wait);
  }

  /** Tells what the budget and the hot keys are now, as far as they limit anything. */
  void report(WriterMetrics metrics) {
    double rate = budget.unitsPerSecond();
    boolean limited = rate < Double.POSITIVE_INFINITY || !hot.isEmpty();
    if (limited || reported) {
      metrics.flow(table, rate, hot.size(), hot.waiting());
      reported = limited;
    }
  }

  /** {@return where the service's report of a request's consumption goes} */
  Consumption consumption() {
    return new Consumption(budget.isLimited());
  }

  /**
   * Reserves the units of a request that is sent at once.
   *
   * @param bySize the write units that it takes by its size
   * @param consumption where what it has consumed will be reported
   * @return the reservation, or null if the request has to wait
   */
  @Nullable UnitReservation reserve(double bySize, Consumption consumption) {
    return budget
        .reserve(estimate.of(bySize))
        .map(reserved -> new UnitReservation(this, reserved, bySize, consumption))
        .orElse(null);
  }

  /**
   * Reserves the units of a request that has a reservation of another table with the same budget.
   *
   * @param with its reservation there
   * @param bySize the write units that it takes here by its size
   * @param consumption where what it has consumed will be reported
   * @return the further reservation
   */
  UnitReservation reserve(UnitReservation with, double bySize, Consumption consumption) {
    return new UnitReservation(
        this, with.reserved().andMore(estimate.of(bySize)), bySize, consumption);
  }

  UnitEstimate estimate() {
    return estimate;
  }

  /** {@return the time of this turn, in nanoseconds} */
  long nanos() {
    return clock.nanos();
  }
}
