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
  // To be sent as they are: those that go alone, and parts of requests that were sent before.
  private final Deque<List<PendingWrite>> asTheyAre = new ArrayDeque<>();

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
    List<PendingWrite> alone = new ArrayList<>(1);
    alone.add(write);
    asTheyAre.add(alone);
  }

  /** Claims share one request, and with no others. */
  void addTogether(List<PendingWrite> writes) {
    asTheyAre.add(writes);
  }

  /** Those that were taken could not be sent: they are next again. */
  void putBack(List<PendingWrite> writes) {
    asTheyAre.addFirst(writes);
  }

  /** {@return whether {@link #take} has something} */
  boolean isDue(boolean atOnce, long now) {
    return !asTheyAre.isEmpty() || (atOnce ? gathering.size() > 0 : gathering.isDue(now));
  }

  /** Takes the claims that go next, in one request; none if the time of all of them is up. */
  List<PendingWrite> take(boolean atOnce, long now) {
    List<PendingWrite> writes = asTheyAre.poll();
    if (writes == null) {
      writes = (atOnce ? gathering.pollAny() : gathering.poll(now)).orElse(List.of());
    }
    if (!writes.isEmpty()) {
      writes.removeIf(write -> write.stage() != PendingWrite.Stage.CLAIMING);
    }
    return writes;
  }

  /** {@return when claims are due by themselves} */
  OptionalLong nextDue(boolean atOnce, long now) {
    return isDue(atOnce, now) ? OptionalLong.of(now) : gathering.nextDue();
  }
}
