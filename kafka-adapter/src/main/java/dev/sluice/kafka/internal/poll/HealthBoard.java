package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.internal.admin.CompactionCheck;
import dev.sluice.kafka.internal.partition.Assignments;
import dev.sluice.kafka.internal.partition.PartitionEpoch;
import dev.sluice.kafka.record.ConsumerMetrics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/**
 * Where a loop says how it is: written by the polling thread, read by any, which touches nothing
 * else of the loop's.
 */
final class HealthBoard {
  private static final Duration INTERVAL = Duration.ofMillis(100);

  private final Assignments assignments;
  private final Committer committer;
  private final DeadLetterSender deadLetters;
  private final PartitionPauses partitionPauses;
  private final ConsumerLag lag;
  private final MissingTopics missingTopics;
  private final ConsumerMetrics metrics;
  private final CompactionCheck compaction;
  private final InstantSource clock;
  private Instant due;
  private volatile LoopSnapshot snapshot = LoopSnapshot.EMPTY;

  HealthBoard(
      Wiring wiring,
      Assignments assignments,
      Committer committer,
      DeadLetterSender deadLetters,
      PartitionPauses partitionPauses,
      ConsumerLag lag,
      MissingTopics missingTopics) {
    this.assignments = assignments;
    this.committer = committer;
    this.deadLetters = deadLetters;
    this.partitionPauses = partitionPauses;
    this.lag = lag;
    this.missingTopics = missingTopics;
    this.metrics = wiring.pipeline().metrics();
    this.compaction = wiring.shared().compaction();
    this.clock = wiring.environment().clocks().steady();
    this.due = clock.instant();
  }

  LoopSnapshot snapshot() {
    return snapshot;
  }

  /** Publishes now if something has changed, else every now and then. */
  void publish(boolean changed) {
    Instant now = clock.instant();
    if (!changed && now.isBefore(due)) {
      return;
    }
    due = now.plus(INTERVAL);
    List<LoopSnapshot.One> partitions = new ArrayList<>(assignments.count());
    for (PartitionEpoch partition : assignments.all()) {
      compaction.look(partition.id.topic(), now);
      partitions.add(of(partition, now));
    }
    snapshot =
        new LoopSnapshot(
            List.copyOf(partitions),
            assignments.oldestFormer(),
            deadLetters.blockedSince(),
            deadLetters.blockedBy(),
            committer.lastSuccess(),
            committer.failuresInARow(),
            lag.unansweredSince(),
            missingTopics.now());
  }

  private LoopSnapshot.One of(PartitionEpoch partition, Instant now) {
    Instant oldest = partition.oldest();
    long nanos = oldest == null ? 0 : Math.max(0, Duration.between(oldest, now).toNanos());
    metrics.load(
        partition.id,
        partition.offsets.tracker.span(),
        partition.openRecords(),
        partition.bytes(),
        nanos);
    return new LoopSnapshot.One(
        partition.id,
        new LoopSnapshot.Offsets(
            partition.offsets.committed,
            partition.offsets.tracker.position(),
            partition.offsets.unknownSince(),
            partition.offsets.tracker.span()),
        lag.of(partition),
        new LoopSnapshot.Open(
            partition.openRecords(), partition.bytes(), oldest, partition.stuckSince()),
        EnumSet.copyOf(partitionPauses.reasons(partition.id)),
        partitionPauses.unreadable(partition.id));
  }
}
