package dev.sluice.write;

import dev.sluice.request.Consumption;
import dev.sluice.request.Failure;
import java.util.List;

/** Holds the write units that a transaction reserved on all of its tables. Belongs to the loop. */
final class TransactionReservation {
  private final List<TablePacing> pacings;
  private final List<UnitReservation> reservations;
  private final double[] throttled;
  private final Consumption consumption;

  TransactionReservation(
      List<TablePacing> pacings, List<UnitReservation> reservations, Consumption consumption) {
    this.pacings = pacings;
    this.reservations = reservations;
    this.throttled = new double[pacings.size()];
    this.consumption = consumption;
  }

  Consumption consumption() {
    return consumption;
  }

  /** It went through. */
  void applied(List<PendingWrite> writes) {
    for (PendingWrite write : writes) {
      for (EffectTask task : write.effects) {
        if (!task.hasEnded()) {
          reservations.get(indexOf(task)).written(task);
        }
      }
    }
    reservations.forEach(reservation -> reservation.settle(0, 0));
  }

  /** It failed as a whole. */
  void failed(TransactionGroup group, Failure failure) {
    switch (failure.kind()) {
      case THROTTLED -> {
        for (int i = 0; i < reservations.size(); i++) {
          double units = i == 0 ? group.entryUnits() : group.effectUnits(pacings.get(i));
          reservations.get(i).settle(units, units);
        }
      }
      case RECORD, SYSTEM -> reservations.forEach(UnitReservation::cancel);
      case PASSING, UNKNOWN, SYSTEM_IF_LASTING -> {}
    }
  }

  /** It was cancelled, and a ledger entry was throttled. */
  void entryThrottled() {
    throttled[0] += TransactionGroup.UNITS_AN_ENTRY;
  }

  /** It was cancelled, and an effect was throttled. */
  void effectThrottled(EffectTask task, Failure failure) {
    int index = indexOf(task);
    throttled[index] += reservations.get(index).throttled(task, failure);
  }

  /** It was cancelled, and all that was throttled has been named. */
  void cancelled() {
    for (int i = 0; i < reservations.size(); i++) {
      reservations.get(i).settleCancelled(throttled[i]);
    }
  }

  private int indexOf(EffectTask task) {
    String table = task.route().table().name();
    for (int i = 1; i < pacings.size(); i++) {
      if (pacings.get(i).table().equals(table)) {
        return i;
      }
    }
    throw new IllegalStateException(
        "A transaction has an effect on a table that it does not name.");
  }
}
