package dev.sluice.write;

import dev.sluice.batch.BatchAccumulator;
import dev.sluice.batch.BatchLimits;
import dev.sluice.batch.BatchTriggers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;

/** The claims that are to be made, and which of them go next. Belongs to the loop. */
final class ClaimQueue {
  private final BatchAccumulator<PendingWrite> gathering;
  // Whose entries are known to stand, but not which entries those are.
  private final Deque<PendingWrite> unread = new ArrayDeque<>();
  private final Deque<PendingWrite> alone = new ArrayDeque<>();
  // Taken to be sent, and put back.
  private List<PendingWrite> back = List.of();

  ClaimQueue(BatchTriggers triggers) {
    this.gathering = new BatchAccumulator<>(triggers, BatchLimits.BATCH_WRITE);
  }

  /** A claim may share its request with others. */
  void add(PendingWrite write, long now) {
    // Entries are small against what a request takes: only their number counts.
    gathering.append(write, 0, now);
  }

  /** A claim goes alone. */
  void addAlone(PendingWrite write) {
    alone.add(write);
  }

  /** An entry stands in the way of a claim, and is to be read. */
  void addUnread(PendingWrite write) {
    unread.add(write);
  }

  /** Those that were taken could not be sent: they are next again. */
  void putBack(List<PendingWrite> writes) {
    back = writes;
  }

  /**
   * Takes claims whose entries are to be read, be it a single one: a read costs a fifth of what a
   * put does that fails.
   *
   * @return them, or none
   */
  List<PendingWrite> takeUnread(int max) {
    if (unread.isEmpty()) {
      return List.of();
    }
    List<PendingWrite> writes = new ArrayList<>();
    while (writes.size() < max && !unread.isEmpty()) {
      PendingWrite write = unread.remove();
      if (isOpen(write)) {
        writes.add(write);
      }
    }
    return writes;
  }

  /** Entries are not to be read: each is asked for by a put. */
  void putUnread() {
    alone.addAll(unread);
    unread.clear();
  }

  /** {@return whether {@link #take} has something} */
  boolean isDue(boolean atOnce, long now) {
    return !back.isEmpty()
        || !alone.isEmpty()
        || (atOnce ? gathering.size() > 0 : gathering.isDue(now));
  }

  /** Takes the claims that go next, in one request; none if the time of all of them is up. */
  List<PendingWrite> take(boolean atOnce, long now) {
    List<PendingWrite> writes;
    if (!back.isEmpty()) {
      writes = back;
      back = List.of();
    } else if (!alone.isEmpty()) {
      writes = new ArrayList<>(1);
      writes.add(alone.remove());
    } else {
      writes = (atOnce ? gathering.pollAny() : gathering.poll(now)).orElse(List.of());
    }
    if (!writes.isEmpty()) {
      writes.removeIf(write -> !isOpen(write));
    }
    return writes;
  }

  private static boolean isOpen(PendingWrite write) {
    return write.stage == PendingWrite.Stage.CLAIMING;
  }

  /** {@return whether entries are to be read} */
  boolean hasUnread() {
    return !unread.isEmpty();
  }

  /** {@return when claims are due by themselves} */
  OptionalLong nextDue(boolean atOnce, long now) {
    return isDue(atOnce, now) ? OptionalLong.of(now) : gathering.nextDue();
  }
}
