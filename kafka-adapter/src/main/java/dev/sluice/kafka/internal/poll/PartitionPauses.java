package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.internal.partition.Assignments;
import dev.sluice.kafka.internal.partition.PartitionEpoch;
import dev.sluice.kafka.record.ConsumerMetrics;
import dev.sluice.kafka.record.ConsumerOptions;
import dev.sluice.kafka.record.PauseReason;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pauses and resumes partitions. What is paused is asked of the consumer each time and never
 * remembered, since a rebalance may change it; remembered are only the reasons.
 */
final class PartitionPauses {
  private static final Logger log = LoggerFactory.getLogger(PartitionPauses.class);
  private static final Set<PauseReason> NONE = EnumSet.noneOf(PauseReason.class);

  private final Consumer<byte[], byte[]> consumer;
  private final Assignments assignments;
  private final ConsumerOptions options;
  private final OperatorPause operatorPause;
  private final InstantSource clock;
  private final ConsumerMetrics metrics;
  private final UnreadablePartitions unreadable;
  private final Map<TopicPartition, Set<PauseReason>> reasons = new HashMap<>();
  private final Set<PauseReason> found = EnumSet.noneOf(PauseReason.class);
  private Set<TopicPartition> assignedBefore = Set.of();
  private long share;
  private boolean allFull;
  private boolean stopped;
  private boolean changed;
  private @Nullable Instant restingSince;

  PartitionPauses(
      Consumer<byte[], byte[]> consumer,
      Assignments assignments,
      Wiring wiring,
      UnreadablePartitions unreadable) {
    this.consumer = consumer;
    this.unreadable = unreadable;
    this.assignments = assignments;
    this.options = wiring.pipeline().options();
    this.operatorPause = wiring.shared().operatorPause();
    this.clock = wiring.environment().clocks().steady();
    this.metrics = wiring.pipeline().metrics();
  }

  /** Whether the operator had paused the consumer when last looked at. */
  boolean isPaused() {
    return restingSince != null;
  }

  /** Pauses everything from now on. */
  void stop() {
    stopped = true;
  }

  /**
   * Brings the epochs and the pauses into line with what the consumer owns.
   *
   * @return whether a partition, or a reason to pause one, has come or gone
   */
  boolean reconcile() {
    Set<TopicPartition> assigned = consumer.assignment();
    assignments.retain(assigned);
    assigned.forEach(assignments::of);
    changed = !assigned.equals(assignedBefore);
    if (changed) {
      assignedBefore = Set.copyOf(assigned);
      forgetAllBut(assigned);
    }
    Set<TopicPartition> paused = consumer.paused();
    List<TopicPartition> pause = new ArrayList<>();
    List<TopicPartition> resume = new ArrayList<>();
    List<PartitionEpoch> owned = assignments.all();
    share(owned);
    lookAtTheOperator(owned);
    for (PartitionEpoch partition : owned) {
      boolean now = paused.contains(partition.id);
      boolean wanted = hasReason(partition);
      if (wanted && !now) {
        pause.add(partition.id);
      } else if (!wanted && now) {
        resume.add(partition.id);
      }
    }
    apply(consumer, pause, resume);
    return changed;
  }

  /** Pauses and resumes partitions, as far as the consumer still has them. */
  static void apply(
      Consumer<?, ?> consumer,
      Collection<TopicPartition> pause,
      Collection<TopicPartition> resume) {
    try {
      if (!pause.isEmpty()) {
        consumer.pause(pause);
      }
      if (!resume.isEmpty()) {
        consumer.resume(resume);
      }
    } catch (IllegalStateException e) {
      // Under the consumer protocol a partition that a callback has given up counts as assigned
      // until the client's own thread takes it away: the next turn looks again.
      log.debug("A partition was taken away meanwhile", e);
    }
  }

  /** Why a partition is paused; empty if it is not. */
  Set<PauseReason> reasons(TopicPartition id) {
    return reasons.getOrDefault(id, NONE);
  }

  /** What keeps a partition from being read on, or null. */
  LoopSnapshot.@Nullable Unreadable unreadable(TopicPartition id) {
    return unreadable.of(id);
  }

  /** Tells that no reason holds any more: the partitions are given up. */
  void end() {
    forgetAllBut(Set.of());
  }

  private void forgetAllBut(Set<TopicPartition> assigned) {
    for (var entries = reasons.entrySet().iterator(); entries.hasNext(); ) {
      var entry = entries.next();
      if (!assigned.contains(entry.getKey())) {
        entry.getValue().forEach(gone -> metrics.resumed(entry.getKey(), gone));
        entries.remove();
      }
    }
  }

  private boolean hasReason(PartitionEpoch partition) {
    Set<PauseReason> before = reasons(partition.id);
    findReasons(partition, before);
    if (!found.equals(before)) {
      changed = true;
      before.stream()
          .filter(reason -> !found.contains(reason))
          .forEach(reason -> metrics.resumed(partition.id, reason));
      found.stream()
          .filter(reason -> !before.contains(reason))
          .forEach(reason -> metrics.paused(partition.id, reason));
      reasons.put(partition.id, EnumSet.copyOf(found));
    }
    return !found.isEmpty();
  }

  private void findReasons(PartitionEpoch partition, Set<PauseReason> before) {
    found.clear();
    note(PauseReason.OPERATOR, isPaused());
    note(PauseReason.CLOSING, stopped);
    note(PauseReason.UNREADABLE, unreadable.isHeld(partition.id));
    note(PauseReason.DEAD_LETTERS_NOT_TAKEN, partition.hasDeadLettersNotTaken());
    boolean full = before.contains(PauseReason.MAX_OPEN_RECORDS);
    note(PauseReason.MAX_OPEN_RECORDS, reached(partition.busy(), options.maxOpenRecords(), full));
    note(PauseReason.MAX_OPEN_BYTES, full(partition) || allFull);
    note(PauseReason.MAX_OFFSET_SPAN, partition.offsets.tracker.span() >= options.maxOffsetSpan());
  }

  private void lookAtTheOperator(List<PartitionEpoch> owned) {
    boolean pause = operatorPause.isSet();
    Instant since = restingSince;
    if (pause && since == null) {
      restingSince = clock.instant();
    } else if (!pause && since != null) {
      Instant now = clock.instant();
      owned.forEach(partition -> partition.excludePause(since, now));
      restingSince = null;
    }
  }

  /**
   * What each partition may hold, and whether all together hold all there is: a rebalance leaves
   * records with the writer, and makes shares smaller. Parked records beyond a share do not count
   * in that, since they may stay for as long as a write fails, and would keep out everyone.
   */
  private void share(List<PartitionEpoch> owned) {
    share = Math.max(1, options.maxOpenBytes() / Math.max(1, owned.size()));
    long counted = assignments.openBytes();
    for (PartitionEpoch partition : owned) {
      counted -= Math.max(0, partition.parkedBytes() - share);
    }
    allFull = counted >= options.maxOpenBytes();
  }

  /**
   * Parked records may hold three quarters of a share, so that there is always a quarter at least
   * for the others; those have what the parked ones leave.
   */
  private boolean full(PartitionEpoch partition) {
    long room = share - partition.parkedBytes();
    partition.full = reached(partition.bytes() - partition.parkedBytes(), room, partition.full);
    return partition.full || room <= share / 4;
  }

  private void note(PauseReason reason, boolean holds) {
    if (holds) {
      found.add(reason);
    }
  }

  /** Once reached, a limit holds until half of it, so that a partition does not flutter. */
  private static boolean reached(long value, long limit, boolean before) {
    return before ? value > limit / 2 : value >= limit;
  }
}
