package dev.sluice.kafka.poll;

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
 * the end {@link #close}; whatever other threads have to say arrives in the {@link Mailbox}. The
 * loop never wakes the Kafka consumer up, since a wakeup that comes late aborts the next commit: it
 * polls briefly instead. It holds no thread and no clock of its own.
 */
public final class PollLoop {
  /** How long a poll waits while answers may come that make room. */
  static final Duration BUSY_POLL = Duration.ofMillis(5);

  private final Wiring wiring;
  private final ConsumerOptions options;
  private final InstantSource clock;
  private final Consumer<byte[], byte[]> consumer;

  private final Mailbox mailbox = new Mailbox();
  private final Timers timers = new Timers();
  private final Fatal fatal;
  private final Assignments assignments;
  private final Dispatcher dispatcher;
  private final Committer committer;
  private final Recreations recreations;
  private final Starts starts;
  private final StaleEpochs staleEpochs;
  private final Positions positions;
  private final Rebalances rebalances;
  private final Intake intake;
  private final Polling polling;
  private final Lags lags;
  private final MissingTopics missingTopics;
  private final HealthBoard board;
  private final Closing closing;

  private PollLoop(Wiring wiring, Clients clients) {
    this.wiring = wiring;
    this.options = wiring.options();
    this.clock = wiring.clock();
    this.consumer = clients.consumer();
    var patience = new Patience();
    this.fatal = new Fatal(patience);
    var backoff = new Backoff(options, wiring.random());
    var claims = new ClaimRelease(wiring, mailbox, timers, backoff, fatal);
    var deadLetters =
        new DeadLettering(wiring, clients.producer(), mailbox, timers, backoff, claims, fatal);
    var rest = new Rest(wiring, timers, backoff);
    var handover = new Handover(wiring, mailbox, rest, deadLetters, fatal);
    this.dispatcher = new Dispatcher(wiring, handover, rest, deadLetters, fatal);
    var ends = new RecordEnds(wiring);
    this.assignments = new Assignments(ends, wiring.epochs());
    this.committer = new Committer(consumer, assignments, wiring, backoff, fatal, ends);
    this.recreations = new Recreations(consumer, assignments, wiring, mailbox, fatal);
    this.starts = new Starts(consumer, assignments, wiring, recreations);
    this.staleEpochs = new StaleEpochs(consumer, assignments, wiring, mailbox, fatal);
    this.positions = new Positions(consumer, assignments, wiring);
    this.rebalances = new Rebalances(wiring, assignments, committer, positions, mailbox, fatal);
    this.intake = new Intake(consumer, assignments, wiring);
    this.polling = new Polling(consumer, assignments, wiring, mailbox, backoff, positions);
    this.lags = new Lags(consumer, assignments, wiring, positions);
    this.missingTopics = new MissingTopics(consumer, wiring);
    this.board =
        new HealthBoard(wiring, assignments, committer, deadLetters, intake, lags, missingTopics);
    this.closing =
        new Closing(
            wiring,
            clients,
            patience,
            assignments,
            rebalances,
            intake,
            committer,
            positions,
            polling,
            board,
            mailbox,
            fatal);
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
      wiring.topics().subscribe(loop.consumer, loop.rebalances);
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
    boolean changed = intake.reconcile();
    recreations.lookIfDue();
    starts.lookUp();
    staleEpochs.lookIfDue();
    positions.lookIfDue();
    fatal.check();
    committer.commitIfDue();
    fatal.check();
    if (!lags.lookIfDue(polling.last())) {
      missingTopics.lookIfDue();
    }
    board.publish(changed);
    polling.poll(pollTimeout());
    fatal.check();
    if (!rests()) {
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
    return polling.last();
  }

  /** Why each partition that is paused is, for tests. */
  Map<TopicPartition, String> paused() {
    Map<TopicPartition, String> paused = new HashMap<>();
    for (Partition partition : assignments.all()) {
      intake
          .reasons(partition.id)
          .forEach(why -> paused.merge(partition.id, why.text(), (a, b) -> a + ", " + b));
    }
    return paused;
  }

  /** A pause has ended only when the intake has seen it, which knows what it held up. */
  private boolean rests() {
    return wiring.operatorPause().isSet() || intake.rests();
  }

  private Duration pollTimeout() {
    if (!rests() && assignments.dispatchable().stream().anyMatch(Partition::hasQueued)) {
      return Duration.ZERO;
    }
    Duration wait = assignments.anyOpen() ? BUSY_POLL : options.pollTimeout();
    Instant next = timers.next();
    if (next == null) {
      return wait;
    }
    Duration until = Duration.between(clock.instant(), next);
    return until.isNegative() ? Duration.ZERO : until.compareTo(wait) < 0 ? until : wait;
  }

  /**
   * Says that the loop is about to be closed, so that a rebalance which waits for what is in flight
   * leaves time for it. For any thread.
   *
   * @param deadline when it is to be closed
   */
  public void closeBy(Instant deadline) {
    closing.by(deadline);
  }

  /** Says that a client which is still closing has had its time. For any thread. */
  public void hurry() {
    closing.hurry();
  }

  /**
   * Takes in no more, polls on while what is in flight ends, commits, and closes the clients it
   * made. The loop is not used after that.
   *
   * @param timeout how long all of it may take
   * @param failure why the loop ends, if it does not end by request: then nothing is waited for
   * @return what was left
   */
  public ConsumerCloseReport close(Duration timeout, @Nullable Throwable failure) {
    return closing.close(timeout, failure);
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
