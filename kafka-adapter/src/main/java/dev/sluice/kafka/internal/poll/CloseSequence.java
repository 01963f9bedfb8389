package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.internal.partition.Assignments;
import dev.sluice.kafka.internal.partition.PartitionEpoch;
import dev.sluice.kafka.internal.time.CloseBudget;
import dev.sluice.kafka.internal.time.Deadline;
import dev.sluice.kafka.record.ConsumerCloseReport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends a loop: what is in flight gets its time, and what is done is committed. */
final class CloseSequence {
  private static final Logger log = LoggerFactory.getLogger(CloseSequence.class);

  private final Clients clients;
  private final CloseInterrupter interrupter;
  private final Assignments assignments;
  private final Rebalances rebalances;
  private final Committer committer;
  private final PositionCheck positionCheck;
  private final DrainTurn turn;

  CloseSequence(
      Clients clients,
      CloseInterrupter interrupter,
      Assignments assignments,
      Rebalances rebalances,
      Committer committer,
      PositionCheck positionCheck,
      DrainTurn turn) {
    this.clients = clients;
    this.interrupter = interrupter;
    this.assignments = assignments;
    this.rebalances = rebalances;
    this.committer = committer;
    this.positionCheck = positionCheck;
    this.turn = turn;
  }

  /** A client that is still closing has had its time. For any thread. */
  void hurry() {
    interrupter.lose();
  }

  /** See {@link PollLoop#close}. */
  ConsumerCloseReport close(CloseBudget given, @Nullable Throwable failure) {
    boolean interrupted = Thread.interrupted();
    CloseBudget budget = failure == null ? given : given.withoutDrain();
    rebalances.closeWithin(budget);
    turn.begin();
    boolean committed = false;
    Map<TopicPartition, Integer> unfinished = new HashMap<>();
    try {
      if (failure == null) {
        drain(budget.drained());
      } else if (!(failure instanceof Error)) {
        turn.takeAnswers();
      }
      if (!(failure instanceof Error)) {
        committed = commitLast(budget);
      }
    } catch (RuntimeException | LinkageError e) {
      log.warn("The last commit failed: {}", e.toString());
    }
    List<PartitionEpoch> owned = assignments.all();
    owned.forEach(each -> note(each.id, each.unfinished(), unfinished));
    int failures = committer.failuresInARow();
    clients.close(budget.closed()::left, interrupter);
    // The revoke that closing brings drains and commits once more.
    owned.forEach(each -> note(each.id, rebalances.leftAtRevoke(each.id), unfinished));
    // What ended meanwhile was to be committed when the consumer gave its partitions up.
    committed = committed && committer.failuresInARow() <= failures;
    turn.end();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return new ConsumerCloseReport(true, committed, unfinished);
  }

  private static void note(
      TopicPartition id, @Nullable Integer left, Map<TopicPartition, Integer> unfinished) {
    if (left != null) {
      unfinished.remove(id);
      if (left > 0) {
        unfinished.put(id, left);
      }
    }
  }

  private void drain(Deadline until) {
    rebalances.flush();
    turn.takeAnswers();
    while (assignments.all().stream().anyMatch(PartitionEpoch::draining)
        && !until.isOver()
        && turn.mayRun()) {
      turn.run();
    }
  }

  /** A commit fails while the group rebalances, which only polls bring to its end. */
  private boolean commitLast(CloseBudget budget) {
    positionCheck.follow(assignments.all());
    boolean committed = committer.commitNow(assignments.all(), budget.forCommit());
    while (!committed
        && committer.waitsForRebalance()
        && !budget.drained().isOver()
        && turn.mayRun()) {
      turn.run();
      committed = committer.commitNow(assignments.all(), budget.forCommit());
    }
    return committed;
  }
}
