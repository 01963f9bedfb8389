package dev.sluice.kafka.internal.poll;

import java.time.Duration;

/** One round of a loop that takes in no more: it polls to stay in its group, and takes answers. */
final class DrainTurn {
  private final IdleWait idleWait;
  private final PartitionPauses partitionPauses;
  private final Committer committer;
  private final Poller poller;
  private final HealthBoard board;
  private final PollMailbox mailbox;
  private final FatalFailure fatal;

  DrainTurn(
      IdleWait idleWait,
      PartitionPauses partitionPauses,
      Committer committer,
      Poller poller,
      HealthBoard board,
      PollMailbox mailbox,
      FatalFailure fatal) {
    this.idleWait = idleWait;
    this.partitionPauses = partitionPauses;
    this.committer = committer;
    this.poller = poller;
    this.board = board;
    this.mailbox = mailbox;
    this.fatal = fatal;
  }

  /** From now on no partition is read. */
  void begin() {
    partitionPauses.stop();
  }

  /** Whether there may be another round: nothing has failed for good. */
  boolean mayRun() {
    return !fatal.raised();
  }

  void run() {
    boolean changed = partitionPauses.reconcile();
    committer.commitIfDue();
    board.publish(changed);
    poller.poll(Duration.ZERO);
    idleWait.await(mailbox, Poller.BUSY_POLL);
    mailbox.run();
  }

  /** Takes the answers that have come. */
  void takeAnswers() {
    mailbox.run();
  }

  /** There will be no more rounds. */
  void end() {
    partitionPauses.end();
  }
}
