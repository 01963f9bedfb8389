package dev.sluice.kafka.poll;

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
final class Closing {
  private static final Logger log = LoggerFactory.getLogger(Closing.class);

  private final Waiting waiting;
  private final InstantSource clock;
  private final Clients clients;
  private final Patience patience;
  private final Assignments assignments;
  private final Rebalances rebalances;
  private final Intake intake;
  private final Committer committer;
  private final Positions positions;
  private final Polling polling;
  private final HealthBoard board;
  private final Mailbox mailbox;
  private final Fatal fatal;

  Closing(
      Wiring wiring,
      Clients clients,
      Patience patience,
      Assignments assignments,
      Rebalances rebalances,
      Intake intake,
      Committer committer,
      Positions positions,
      Polling polling,
      HealthBoard board,
      Mailbox mailbox,
      Fatal fatal) {
    this.waiting = wiring.waiting();
    this.clock = wiring.clock();
    this.clients = clients;
    this.patience = patience;
    this.assignments = assignments;
    this.rebalances = rebalances;
    this.intake = intake;
    this.committer = committer;
    this.positions = positions;
    this.polling = polling;
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
    patience.lose();
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
    intake.stop();
    boolean committed = false;
    Map<TopicPartition, Integer> unfinished = new HashMap<>();
    try {
      if (failure == null) {
        drain(drainBy);
      } else if (!(failure instanceof Error)) {
        mailbox.run();
      }
      for (Partition partition : assignments.all()) {
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
    clients.close(() -> left(deadline), patience);
    // What ended meanwhile was to be committed when the consumer gave its partitions up.
    committed = committed && committer.failuresInARow() <= failures;
    intake.end();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return new ConsumerCloseReport(true, committed, unfinished);
  }

  private void drain(Instant until) {
    rebalances.flush();
    mailbox.run();
    while (assignments.all().stream().anyMatch(Partition::draining)
        && clock.instant().isBefore(until)
        && !fatal.raised()) {
      pollOn();
    }
  }

  /** A commit is refused while the group rebalances, which only polls bring to its end. */
  private boolean commitLast(Instant until, Instant deadline) {
    positions.follow(assignments.all());
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
    boolean changed = intake.reconcile();
    committer.commitIfDue();
    board.publish(changed);
    polling.poll(Duration.ZERO);
    waiting.await(mailbox, PollLoop.BUSY_POLL);
    mailbox.run();
  }

  private Duration left(Instant deadline) {
    Duration left = Duration.between(clock.instant(), deadline);
    return left.isNegative() ? Duration.ZERO : left;
  }
}
