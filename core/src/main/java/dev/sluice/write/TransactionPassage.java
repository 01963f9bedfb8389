package dev.sluice.write;

import dev.sluice.request.Consumption;
import dev.sluice.request.Failure;
import java.util.List;

/** A transaction's way through the budgets of all its tables, and back. */
final class TransactionPassage {
  private final List<TableFlow> flows;
  private final List<TableFlow.Passage> passages;
  private final double[] refused;
  private final Consumption consumption;

  TransactionPassage(
      List<TableFlow> flows, List<TableFlow.Passage> passages, Consumption consumption) {
    this.flows = flows;
    this.passages = passages;
    this.refused = new double[flows.size()];
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
          passages.get(indexOf(task)).written(task);
        }
      }
    }
    passages.forEach(passage -> passage.answered(0, 0));
  }

  /** It was refused as a whole. */
  void failed(TransactionGroup group, Failure failure) {
    switch (failure.kind()) {
      case THROTTLED -> {
        for (int i = 0; i < passages.size(); i++) {
          double units = i == 0 ? group.entryUnits() : group.effectUnits(flows.get(i));
          passages.get(i).answered(units, units);
        }
      }
      case RECORD, SYSTEM -> passages.forEach(TableFlow.Passage::cancel);
      case PASSING, UNKNOWN, SYSTEM_IF_LASTING -> {}
    }
  }

  /** It was cancelled, and a ledger entry was refused for its rate. */
  void entryRefused() {
    refused[0] += TransactionGroup.UNITS_AN_ENTRY;
  }

  /** It was cancelled, and an effect was refused for its rate. */
  void effectRefused(EffectTask task, Failure failure) {
    int index = indexOf(task);
    refused[index] += passages.get(index).refused(task, failure);
  }

  /** It was cancelled, and all that was refused for its rate has been named. */
  void cancelled() {
    for (int i = 0; i < passages.size(); i++) {
      passages.get(i).cancelledFor(refused[i]);
    }
  }

  private int indexOf(EffectTask task) {
    String table = task.route().table().name();
    for (int i = 1; i < flows.size(); i++) {
      if (flows.get(i).table().equals(table)) {
        return i;
      }
    }
    throw new IllegalStateException(
        "A transaction has an effect on a table that it does not name.");
  }
}
