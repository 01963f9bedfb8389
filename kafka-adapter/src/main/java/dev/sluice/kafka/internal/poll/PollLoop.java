package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.internal.partition.Assignments;
import dev.sluice.kafka.internal.partition.CompletedRecords;
import dev.sluice.kafka.internal.partition.EventTime;
import dev.sluice.kafka.internal.partition.PartitionEpoch;
import dev.sluice.kafka.internal.time.CloseBudget;
import dev.sluice.kafka.internal.time.Deadline;
import dev.sluice.kafka.record.ConsumerCloseReport;
import dev.sluice.kafka.record.ConsumerOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads records, dispatches them, and commits what is done.
 *
 * <p>Everything here belongs to the one thread that calls {@link #turn()} again and again and in
 * the end {@link #close}; whatever other threads have to say arrives in the {@link PollMailbox}.
 * The loop never wakes the Kafka consumer up, since a wakeup that comes late aborts the next
 * commit: it polls briefly instead. It holds no thread and no clock of its own.
 */
public final class PollLoop {
  private final Wiring wiring;
  private final ConsumerOptions options;
  private final InstantSource clock;
  private final Consumer<byte[], byte[]> consumer;

  private final PollMailbox mailbox = new PollMailbox();
  private final PollTimers timers = new PollTimers();
  private final FatalFailure fatal;
  private final Assignments assignments;
  private final Dispatcher dispatcher;
  private final Committer committer;
  private final RecreatedTopics recreatedTopics;
  private final StartOffsets startOffsets;
  private final StaleEpochs staleEpochs;
  private final PositionCheck positionCheck;
  private final Rebalances rebalances;
  private final PartitionPauses partitionPauses;
  private final Poller poller;
  private final ConsumerLag lag;
  private final MissingTopics missingTopics;
  private final HealthBoard board;
  private final CloseSequence closeSequence;

  private PollLoop(Wiring wiring, Clients clients) {
    this.wiring = wiring;
    this.options = wiring.pipeline().options();
    this.clock = wiring.environment().clocks().steady();
    this.consumer = clients.consumer();
    var interrupter = new CloseInterrupter();
    this.fatal = new FatalFailure(interrupter);
    var backoff = new RetryBackoff(options, wiring.environment().random());
    var claims =
        new ClaimRelease(wiring, mailbox, new ParkedRecords(clock, timers, backoff), fatal);
    var deadLetters =
        new DeadLetterSender(wiring, clients.letters(), mailbox, timers, backoff, claims, fatal);
    var retryDelay = new RetryDelay(wiring, timers, backoff);
    var handover = new WriteHandover(wiring, mailbox, retryDelay, deadLetters, fatal);
    this.dispatcher = new Dispatcher(wiring, handover, retryDelay, deadLetters, fatal);
    var completed =
        new CompletedRecords(
            wiring.pipeline().metrics(),
            wiring.environment().clocks().steady(),
            wiring.environment().clocks().dates(),
            new EventTime(options.eventTimeHeader()));
    this.assignments = new Assignments(completed, wiring.shared().epochs());
    this.committer = new Committer(consumer, assignments, wiring, backoff, fatal, completed);
    this.recreatedTopics = new RecreatedTopics(consumer, assignments, wiring, mailbox, fatal);
    this.startOffsets = new StartOffsets(consumer, assignments, wiring, recreatedTopics);
    this.staleEpochs = new StaleEpochs(consumer, assignments, wiring, mailbox, fatal);
    this.positionCheck = new PositionCheck(consumer, assignments, wiring);
    this.rebalances = new Rebalances(wiring, assignments, committer, positionCheck, mailbox, fatal);
    var unreadable = new UnreadablePartitions(consumer, clock, backoff);
    this.partitionPauses = new PartitionPauses(consumer, assignments, wiring, unreadable);
    this.poller =
        new Poller(consumer, assignments, wiring, mailbox, backoff, positionCheck, unreadable);
    this.lag = new ConsumerLag(consumer, assignments, wiring, positionCheck, mailbox);
    this.missingTopics = new MissingTopics(consumer, wiring);
    this.board =
        new HealthBoard(
            wiring, assignments, committer, deadLetters, partitionPauses, lag, missingTopics);
    var drainTurn =
        new DrainTurn(
            wiring.environment().idleWait(),
            partitionPauses,
            committer,
            poller,
            board,
            mailbox,
            fatal);
    this.closeSequence =
        new CloseSequence(
            clients, interrupter, assignments, rebalances, committer, positionCheck, drainTurn);
  }

  /**
   * Makes the clients, checks that the topics are there, and subscribes.
   *
   * @param wiring all that the loop works with
   * @return the loop; whoever opened it closes it
   * @throws dev.sluice.model.ConfigurationException if a topic is not there
   * @throws org.apache.kafka.common.KafkaException if a client cannot be made
   * @throws IllegalStateException if the consumer's settings allow no subscription
   */
  public static PollLoop open(Wiring wiring) {
    Clients clients = Clients.open(wiring);
    try {
      var loop = new PollLoop(wiring, clients);
      wiring.subscription().topics().subscribe(loop.consumer, loop.rebalances);
      return loop;
    } catch (RuntimeException | Error e) {
      clients.close(() -> Duration.ZERO);
      throw e;
    }
  }

  /**
   * One round: takes answers, runs what is due, commits, polls, dispatches.
   *
   * @throws RuntimeException if the loop cannot go on
   */
  public void turn() {
    mailbox.run();
    timers.run(clock.instant());
    fatal.check();
    boolean changed = partitionPauses.reconcile();
    recreatedTopics.lookIfDue();
    startOffsets.lookUp();
    staleEpochs.lookIfDue();
    positionCheck.lookIfDue();
    fatal.check();
    committer.commitIfDue();
    fatal.check();
    if (!lag.lookIfDue(poller.last())) {
      missingTopics.lookIfDue();
    }
    board.publish(changed);
    poller.poll(pollTimeout());
    fatal.check();
    if (!isPaused()) {
      dispatcher.dispatch(assignments.dispatchable());
    }
    fatal.check();
  }

  /** What the loop last said of itself. For any thread. */
  LoopSnapshot snapshot() {
    return board.snapshot();
  }

  /** When a poll last returned. For any thread. */
  Instant lastPoll() {
    return poller.last();
  }

  /** Why each partition that is paused is, for tests. */
  Map<TopicPartition, String> paused() {
    Map<TopicPartition, String> paused = new HashMap<>();
    for (PartitionEpoch partition : assignments.all()) {
      partitionPauses
          .reasons(partition.id)
          .forEach(why -> paused.merge(partition.id, why.text(), (a, b) -> a + ", " + b));
    }
    return paused;
  }

  /** A pause has ended only when the intake has seen it, which knows what it held up. */
  private boolean isPaused() {
    return wiring.shared().operatorPause().isSet() || partitionPauses.isPaused();
  }

  private Duration pollTimeout() {
    if (!isPaused() && assignments.dispatchable().stream().anyMatch(PartitionEpoch::hasQueued)) {
      return Duration.ZERO;
    }
    Duration wait = assignments.anyOpen() ? Poller.BUSY_POLL : options.pollTimeout();
    Instant next = timers.next();
    if (next == null) {
      return wait;
    }
    return new Deadline(clock, next).left(wait);
  }

  /**
   * Says that the loop is about to be closed, so that a rebalance which waits for what is in flight
   * leaves time for it. For any thread.
   *
   * @param budget the time until it is closed
   */
  public void closeWithin(CloseBudget budget) {
    rebalances.closeWithin(budget);
  }

  /** Says that a client which is still closing has had its time. For any thread. */
  public void hurry() {
    closeSequence.hurry();
  }

  /**
   * Takes in no more, polls on while what is in flight ends, commits, and closes the clients it
   * made. The loop is not used after that.
   *
   * @param budget how long all of it may take
   * @param failure why the loop ends, if it does not end by request: then nothing is waited for
   * @return what was left
   */
  public ConsumerCloseReport close(CloseBudget budget, @Nullable Throwable failure) {
    return closeSequence.close(budget, failure);
  }

  /** {@return whether nothing has failed for good, so that what is in flight may be waited for} */
  public boolean mayDrain() {
    return !fatal.raised();
  }

  /**
   * Throws what made the loop unable to go on, if something did: a failure while closing is seen
   * only here.
   */
  public void check() {
    fatal.check();
  }

  /** The listener that the consumer calls, for tests of what a mock cannot bring about. */
  ConsumerRebalanceListener listener() {
    return rebalances;
  }
}
