package dev.sluice.write;

import dev.sluice.flow.HotKeys;
import dev.sluice.flow.UnitEstimate;
import dev.sluice.flow.WriteBudget;
import dev.sluice.metrics.WriterMetrics;
import dev.sluice.request.Consumption;
import dev.sluice.request.Failure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What paces the writes to one table: its budget, what its writes really cost, and its hot keys.
 * Belongs to the loop, but for the budget, which others may share.
 */
final class TableFlow {
  private final String table;
  private final boolean sharded;
  private final int times;
  private final WriteBudget budget;
  private final TurnClock clock;
  private boolean reported;
  private final UnitEstimate estimate = new UnitEstimate();
  // A write that ends while its effects wait may leave them as they are.
  private final HotKeys<EffectTask> hot =
      new HotKeys<>(task -> !task.hasEnded() && !task.owner.hasEnded());

  /**
   * Creates the flow of one table, not slowed.
   *
   * @param table the table's name
   * @param sharded whether its partition keys are logical ones with a suffix
   * @param times how many write units are taken for each that a write has by its size
   * @param budget the table's budget
   * @param clock the loop's clock
   */
  TableFlow(String table, boolean sharded, int times, WriteBudget budget, TurnClock clock) {
    this.table = table;
    this.sharded = sharded;
    this.times = times;
    this.budget = budget;
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

  HotKeys<EffectTask> hot() {
    return hot;
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

  /** {@return where a request's consumption goes} */
  Consumption consumption() {
    return new Consumption(budget.isLimited());
  }

  /**
   * Lets a request go.
   *
   * @param bySize the write units that it takes by its size
   * @param consumption where what it has consumed will be reported
   * @return its passage, or null if it has to wait
   */
  @Nullable Passage pass(double bySize, Consumption consumption) {
    return budget
        .reserve(estimate.of(bySize))
        .map(reserved -> new Passage(reserved, bySize, consumption, clock.nanos()))
        .orElse(null);
  }

  /**
   * Lets a request go that has passed another table with the same budget.
   *
   * @param with its passage there
   * @param bySize the write units that it takes here by its size
   * @param consumption where what it has consumed will be reported
   * @return its passage
   */
  Passage pass(Passage with, double bySize, Consumption consumption) {
    return new Passage(
        with.reservation.andMore(estimate.of(bySize)), bySize, consumption, clock.nanos());
  }

  /** One request's way through the budget, and back. */
  final class Passage {
    private final WriteBudget.Reservation reservation;
    private final double bySize;
    private final Consumption consumption;
    private final long sentAt;

    private Passage(
        WriteBudget.Reservation reservation, double bySize, Consumption consumption, long sentAt) {
      this.reservation = reservation;
      this.bySize = bySize;
      this.consumption = consumption;
      this.sentAt = sentAt;
    }

    /** It was not sent after all. */
    void cancel() {
      reservation.cancel();
    }

    /**
     * It was answered.
     *
     * @param notWritten the write units, by size, that it was refused, by whomever
     * @param byTable those of them that the table refused
     */
    void answered(double notWritten, double byTable) {
      double written = bySize - notWritten;
      double reported = consumption.units(table);
      // A statement that finds an item is charged for, and may not be in the report.
      double consumed = Double.isNaN(reported) ? estimate.of(written) : Math.max(reported, written);
      if (!Double.isNaN(reported) && written > 0) {
        estimate.learn(written, consumed);
      }
      reservation.settle(consumed, estimate.of(byTable));
    }

    /** A transaction was cancelled, which costs what it would have; some of it for its rate. */
    void cancelledFor(double byTable) {
      reservation.settle(reservation.units(), estimate.of(byTable));
    }

    /** An effect was written. */
    void written(EffectTask task) {
      hot.admitted(task.key().partition(), units(task), sentAt, clock.nanos());
    }

    /** An effect was refused for its rate; returns the units that the table is to blame for. */
    double refused(EffectTask task, Failure failure) {
      double units = units(task);
      HotKeys.Refusal by =
          switch (failure.limit()) {
            case KEY_RANGE -> HotKeys.Refusal.BY_KEY_RANGE;
            case TABLE -> HotKeys.Refusal.BY_TABLE;
            case UNKNOWN -> HotKeys.Refusal.UNKNOWN;
          };
      boolean itself =
          hot.isRefusedForItself(task.key().partition(), units, by, sentAt, clock.nanos());
      return itself ? 0 : units;
    }

    /**
     * All effects were refused for their rate; returns the units that the table is to blame for.
     */
    double refused(List<EffectTask> tasks, Failure failure) {
      double byTable = 0;
      for (EffectTask task : tasks) {
        byTable += refused(task, failure);
      }
      return byTable;
    }
  }
}
