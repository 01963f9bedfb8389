package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.internal.partition.Assignments;
import dev.sluice.kafka.internal.partition.PartitionEpoch;
import dev.sluice.kafka.record.ConsumerCloseReport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a loop: what is in flight gets its time, what is done is committed. */
final class CloseSequence {
  private static final Logger log = LoggerFactory.getLogger(CloseSequence.class);

  private final IdleWait idleWait;
  private final InstantSource clock;
  private final Clients clients;
  private final CloseInterrupter interrupter;
  private final Assignments assignments;
  private final Rebalances rebalances;
  private final PartitionPauses partitionPauses;
  private final Committer committer;
  private final PositionCheck positionCheck;
  private final Poller poller;
  private final HealthBoard board;
  private final PollMailbox mailbox;
  private final FatalFailure fatal;

  CloseSequence(
      Wiring wiring,
      Clients clients,
      CloseInterrupter interrupter,
      Assignments assignments,
      Rebalances rebalances,
      PartitionPauses partitionPauses,
      Committer committer,
      PositionCheck positionCheck,
      Poller poller,
      HealthBoard board,
      PollMailbox mailbox,
      FatalFailure fatal) {
    this.idleWait = wiring.idleWait();
    this.clock = wiring.clock();
    this.clients = clients;
    this.interrupter = interrupter;
    this.assignments = assignments;
    this.rebalances = rebalances;
    this.partitionPauses = partitionPauses;
    this.committer = committer;
    this.positionCheck = positionCheck;
    this.poller = poller;
    this.board = board;
    this.mailbox = mailbox;
    this.fatal = fatal;
  }

  /** A rebalance that waits for what is in flight leaves time to close by then. For any thread. */
  void by(Instant deadline) {
    rebalances.closeBy(drainBy(clock.instant(), deadline), deadline);
  }

  /** A client that is still closing has had its time. For any thread. */
  void hurry() {
    interrupter.lose();
  }

  private static Instant drainBy(Instant start, Instant deadline) {
    return start.plus(Duration.between(start, deadline).multipliedBy(2).dividedBy(3));
  }

  /** See {@link PollLoop#close}. */
  ConsumerCloseReport close(Duration timeout, @Nullable Throwable failure) {
    boolean interrupted = Thread.interrupted();
    Instant start = clock.instant();
    Instant deadline = start.plus(timeout);
    Instant drainBy = drainBy(start, deadline);
    rebalances.closeBy(drainBy, deadline);
    partitionPauses.stop();
    boolean committed = false;
    Map<TopicPartition, Integer> unfinished = new HashMap<>();
    try {
      if (failure == null) {
        drain(drainBy);
      } else if (!(failure instanceof Error)) {
        mailbox.run();
      }
      for (PartitionEpoch partition : assignments.all()) {
        if (partition.unfinished() > 0) {
          unfinished.put(partition.id, partition.unfinished());
        }
      }
      if (!(failure instanceof Error)) {
        committed = commitLast(failure == null ? drainBy : start, deadline);
      }
    } catch (RuntimeException e) {
      log.warn("The last commit failed: {}", e.toString());
    }
    int failures = committer.failuresInARow();
    clients.close(() -> left(deadline), interrupter);
    // What ended meanwhile was to be committed when the consumer gave its partitions up.
    committed = committed && committer.failuresInARow() <= failures;
    partitionPauses.end();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return new ConsumerCloseReport(true, committed, unfinished);
  }

  private void drain(Instant until) {
    rebalances.flush();
    mailbox.run();
    while (assignments.all().stream().anyMatch(PartitionEpoch::draining)
        && clock.instant().isBefore(until)
        && !fatal.raised()) {
      pollOn();
    }
  }

  /** A commit is refused while the group rebalances, which only polls bring to its end. */
  private boolean commitLast(Instant until, Instant deadline) {
    positionCheck.follow(assignments.all());
    boolean committed = committer.commitNow(assignments.all(), left(deadline).dividedBy(2));
    while (!committed
        && committer.waitsForRebalance()
        && clock.instant().isBefore(until)
        && !fatal.raised()) {
      pollOn();
      committed = committer.commitNow(assignments.all(), left(deadline).dividedBy(2));
    }
    return committed;
  }

  private void pollOn() {
    boolean changed = partitionPauses.reconcile();
    committer.commitIfDue();
    board.publish(changed);
    poller.poll(Duration.ZERO);
    idleWait.await(mailbox, PollLoop.BUSY_POLL);
    mailbox.run();
  }

  private Duration left(Instant deadline) {
    Duration left = Duration.between(clock.instant(), deadline);
    return left.isNegative() ? Duration.ZERO : left;
  }
}
