package dev.sluice.write;

import dev.sluice.batch.BatchAccumulator;
import dev.sluice.batch.BatchTriggers;
import dev.sluice.flow.WriteBudget;
import dev.sluice.request.Consumption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes that are to go in transactions over the same tables, so that a table that is slowed holds
 * back no transaction that does not touch it. Belongs to the loop.
 */
final class TransactionQueue {
  private final List<TablePacing> pacings;
  private final BatchAccumulator<PendingWrite> gathering;
  private final Deque<TransactionGroup> again = new ArrayDeque<>();
  private int inFlight;
  // Since when its next transaction waits for a budget; 0 if it does not.
  private long waitingSince;

  /**
   * Creates an empty queue.
   *
   * @param pacings the tables, the ledger first
   * @param triggers when a transaction is due
   */
  TransactionQueue(List<TablePacing> pacings, BatchTriggers triggers) {
    this.pacings = pacings;
    this.gathering = new BatchAccumulator<>(triggers);
  }

  void gather(PendingWrite write, long now) {
    gathering.append(write, write.wireBytes(), now);
  }

  /** A group goes before what is gathered. */
  void add(TransactionGroup group) {
    again.add(group);
  }

  /** A group that was taken could not be sent: it is next again. */
  void putBack(TransactionGroup group) {
    again.addFirst(group);
  }

  /** {@return whether there is nothing in it, and none of it under way} */
  boolean isIdle() {
    return again.isEmpty() && gathering.size() == 0 && inFlight == 0;
  }

  void requestSent() {
    inFlight++;
    waitingSince = 0;
  }

  /** {@return since when its next transaction waits for a budget; 0 if it does not} */
  long waitingSince() {
    return waitingSince;
  }

  /**
   * The budgets that no other queue may spend until this one has sent, since it has waited for
   * long: the slowest first, and each further one only once those before it are ready, so that none
   * is kept from others for longer than it has to be.
   */
  List<WriteBudget> claimed() {
    List<TablePacing> slowestFirst = new ArrayList<>(pacings);
    slowestFirst.sort(Comparator.comparingDouble(pacing -> pacing.budget().unitsPerSecond()));
    List<WriteBudget> claimed = new ArrayList<>(pacings.size());
    for (TablePacing pacing : slowestFirst) {
      claimed.add(pacing.budget());
      if (!pacing.isReady()) {
        break;
      }
    }
    return claimed;
  }

  /** {@return whether it needs one of these budgets} */
  boolean needs(List<WriteBudget> budgets) {
    for (TablePacing pacing : pacings) {
      if (budgets.stream().anyMatch(pacing.budget()::isSharedWith)) {
        return true;
      }
    }
    return false;
  }

  void requestAnswered() {
    inFlight--;
  }

  /** Takes the group that goes next, if one is due and no budget forbids it. */
  @Nullable TransactionGroup take(Eagerness eagerness, long now) {
    boolean due = isAtOnce(eagerness) ? gathering.size() > 0 : gathering.isDue(now);
    if (again.isEmpty() && !due) {
      waitingSince = 0;
      return null;
    }
    if (!isReady()) {
      waitingSince = waitingSince == 0 ? now : waitingSince;
      return null;
    }
    if (again.isEmpty()) {
      gathering.pollAny().ifPresent(writes -> again.addAll(TransactionGroup.pack(writes)));
    }
    return again.poll();
  }

  private boolean isAtOnce(Eagerness eagerness) {
    return eagerness == Eagerness.AT_ONCE || (eagerness == Eagerness.IDLE_AT_ONCE && inFlight == 0);
  }

  private boolean isReady() {
    boolean ready = true;
    for (TablePacing pacing : pacings) {
      // All are asked: each is wanted.
      ready &= pacing.isReady();
    }
    return ready;
  }

  OptionalLong nextDue(Eagerness eagerness, long now) {
    boolean isDue = !again.isEmpty() || (isAtOnce(eagerness) && gathering.size() > 0);
    OptionalLong due = isDue ? OptionalLong.of(now) : gathering.nextDue();
    if (due.isEmpty()) {
      return due;
    }
    long at = due.getAsLong();
    for (TablePacing pacing : pacings) {
      at = pacing.readyAt(at);
    }
    return OptionalLong.of(at);
  }

  /** Lets a group go through all budgets, or through none. */
  @Nullable TransactionReservation reserve(TransactionGroup group) {
    boolean wanted = false;
    for (TablePacing pacing : pacings) {
      wanted |= pacing.budget().isLimited();
    }
    Consumption consumption = new Consumption(wanted);
    List<UnitReservation> reservations = new ArrayList<>(pacings.size());
    for (int i = 0; i < pacings.size(); i++) {
      TablePacing pacing = pacings.get(i);
      double units = i == 0 ? group.entryUnits() : group.effectUnits(pacing);
      // One budget for several of its tables is asked once: the first part would forbid the next.
      int same = firstOfBudget(i);
      UnitReservation reservation =
          same < i
              ? pacing.reserve(reservations.get(same), units, consumption)
              : pacing.reserve(units, consumption);
      if (reservation == null) {
        reservations.forEach(UnitReservation::cancel);
        return null;
      }
      reservations.add(reservation);
    }
    return new TransactionReservation(pacings, reservations, consumption);
  }

  private int firstOfBudget(int index) {
    int first = 0;
    while (!pacings.get(first).budget().isSharedWith(pacings.get(index).budget())) {
      first++;
    }
    return first;
  }
}
