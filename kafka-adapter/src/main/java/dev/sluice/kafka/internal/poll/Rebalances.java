package dev.sluice.kafka.internal.poll;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.internal.partition.Assignments;
import dev.sluice.kafka.internal.partition.PartitionEpoch;
import dev.sluice.kafka.internal.time.CloseBudget;
import dev.sluice.kafka.internal.time.Deadline;
import dev.sluice.kafka.record.ConsumerMetrics;
import dev.sluice.kafka.record.ConsumerOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the group: begins and ends epochs, and gives what is in flight a last chance before a
 * partition moves away. Called by the Kafka consumer, on the polling thread; it polls nothing.
 */
final class Rebalances implements ConsumerRebalanceListener {
  private static final Logger log = LoggerFactory.getLogger(Rebalances.class);

  /** Between two looks at the clock; mail comes through at once. */
  private static final Duration LOOK = Duration.ofMillis(50);

  private final Assignments assignments;
  private final Committer committer;
  private final PositionCheck positionCheck;
  private final IdempotentWriter writer;
  private final PollMailbox mailbox;
  private final IdleWait idleWait;
  private final InstantSource clock;
  private final ConsumerOptions options;
  private final ConsumerMetrics metrics;
  private final FatalFailure fatal;
  private final Map<TopicPartition, Integer> leftAtRevoke = new HashMap<>();
  private volatile @Nullable CloseBudget closing;

  Rebalances(
      Wiring wiring,
      Assignments assignments,
      Committer committer,
      PositionCheck positionCheck,
      PollMailbox mailbox,
      FatalFailure fatal) {
    this.assignments = assignments;
    this.committer = committer;
    this.positionCheck = positionCheck;
    this.mailbox = mailbox;
    this.fatal = fatal;
    this.writer = wiring.pipeline().writer();
    this.idleWait = wiring.environment().idleWait();
    this.clock = wiring.environment().clocks().steady();
    this.options = wiring.pipeline().options();
    this.metrics = wiring.pipeline().metrics();
  }

  /**
   * From now on no callback, one that waits already included, waits longer than there is time
   * before the loop is closed. For any thread.
   */
  void closeWithin(CloseBudget budget) {
    closing = budget;
  }

  /** How many records a partition had unfinished when it was last revoked, or null. */
  @Nullable Integer leftAtRevoke(TopicPartition id) {
    return leftAtRevoke.get(id);
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> added) {
    if (!added.isEmpty()) {
      log.info("Assigned {}", added);
      added.forEach(assignments::begin);
      leftAtRevoke.keySet().removeAll(added);
      metrics.assigned(List.copyOf(added));
    }
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> removed) {
    List<PartitionEpoch> leaving = assignments.these(removed);
    if (!leaving.isEmpty()) {
      drain(leaving, Deadline.after(clock, options.drainTimeout()));
      positionCheck.follow(leaving);
      committer.commitNow(assignments.these(removed), remaining(options.commitTimeout()));
      leaving.forEach(each -> leftAtRevoke.put(each.id, each.unfinished()));
      int left = unfinished(leaving);
      log.info("Revoked {}, with {} records unfinished", removed, left);
      metrics.revoked(List.copyOf(removed), left);
    }
    removed.forEach(assignments::end);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> lost) {
    if (!lost.isEmpty()) {
      int left = unfinished(assignments.these(lost));
      log.warn("Lost {}, with {} records unfinished", lost, left);
      metrics.lost(List.copyOf(lost), left);
      lost.forEach(assignments::end);
    }
  }

  /** Takes answers until nothing of these partitions is in flight, or time is up. */
  void drain(Collection<PartitionEpoch> partitions, Deadline deadline) {
    if (partitions.stream().anyMatch(PartitionEpoch::draining)) {
      flush();
    }
    mailbox.run();
    while (partitions.stream().anyMatch(PartitionEpoch::draining)
        && !isOver(deadline)
        && !Thread.currentThread().isInterrupted()
        && !fatal.raised()) {
      idleWait.await(mailbox, deadline.left(LOOK));
      mailbox.run();
    }
  }

  /** Spares what is in flight the wait for its batch to fill. */
  void flush() {
    try {
      var unused = writer.flush();
    } catch (RuntimeException e) {
      log.warn("The writer could not be flushed: {}", e.toString());
    }
  }

  private Duration remaining(Duration most) {
    CloseBudget budget = closing;
    return budget == null ? most : budget.closed().left(most);
  }

  private boolean isOver(Deadline deadline) {
    CloseBudget budget = closing;
    return deadline.isOver() || (budget != null && budget.drained().isOver());
  }

  private static int unfinished(List<PartitionEpoch> partitions) {
    return partitions.stream().mapToInt(PartitionEpoch::unfinished).sum();
  }
}
