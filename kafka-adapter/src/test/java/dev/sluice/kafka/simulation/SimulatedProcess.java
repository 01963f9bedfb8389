package dev.sluice.kafka.simulation;

import dev.sluice.IdempotentWriter;
import dev.sluice.IdempotentWriterBuilder;
import dev.sluice.kafka.internal.admin.CompactionCheck;
import dev.sluice.kafka.internal.partition.SharedEpochs;
import dev.sluice.kafka.internal.poll.OperatorPause;
import dev.sluice.kafka.internal.poll.PollLoop;
import dev.sluice.kafka.internal.poll.PollMailbox;
import dev.sluice.kafka.internal.poll.Wiring;
import dev.sluice.kafka.internal.settings.ResetPolicy;
import dev.sluice.kafka.internal.settings.Topics;
import dev.sluice.kafka.internal.time.Clocks;
import dev.sluice.kafka.internal.time.CloseBudget;
import dev.sluice.kafka.internal.time.SteadyClock;
import dev.sluice.kafka.record.ConsumerCloseReport;
import dev.sluice.kafka.record.ConsumerMetrics;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.model.KeySchema;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Mode;
import dev.sluice.model.Table;
import dev.sluice.model.Write;
import dev.sluice.shard.KeySharder;
import dev.sluice.testkit.simulated.client.SimulatedDynamoDbClient;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * One process: a loop, a writer, and what both connect to. Each turn of the loop is a task of
 * virtual time; a turn that may have to wait runs in a fiber, so that others go on meanwhile.
 */
final class SimulatedProcess {
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);

  private final Simulation simulation;
  private final VirtualTime time;
  private final ScheduledExecutorService scheduler;
  private final SimulatedDynamoDbClient dynamo;
  private final SimulatedConsumer consumer;
  private final String instance;
  private final PollLoop loop;
  private final Duration pace;
  private final OperatorPause operatorPause = new OperatorPause();
  private boolean rests;
  private long turns;
  private Duration setBack = Duration.ZERO;
  private Fiber fiber;
  private Instant stalledUntil = Instant.MIN;
  private boolean frozen;
  private final Clocks clocks;
  private boolean dead;
  private boolean toClose;
  private long waits;
  private boolean waiting;
  private boolean wakesForMail;

  SimulatedProcess(Simulation simulation, String instance) {
    this.simulation = simulation;
    this.time = simulation.time();
    this.scheduler = time.scheduler();
    this.dynamo = simulation.tables().connect();
    this.instance = instance;
    simulation.started(this);
    this.consumer = new SimulatedConsumer(this, instance);
    this.pace = Duration.ofMillis(10 + time.random().nextInt(90));
    Scenario scenario = simulation.scenario();
    WatchedWriter writer = new WatchedWriter(writer(scenario), this);
    this.clocks = new Clocks(SteadyClock.guarding(this::wallTime), this::wallTime);
    this.loop =
        PollLoop.open(
            new Wiring(
                0,
                () -> consumer,
                new Wiring.Subscription(
                    new Topics(Set.of(SimulatedLog.TOPIC), null),
                    "group",
                    scenario.maxPollInterval(),
                    scenario.latest(),
                    scenario.latest() ? ResetPolicy.LATEST : ResetPolicy.EARLIEST),
                new Wiring.Pipeline(
                    writer, this::map, scenario.options(), ConsumerMetrics.disabled()),
                new Wiring.DeadLetters(
                    DeadLetterTopic.NAME, () -> simulation.deadLetters().producer(this), false),
                new Wiring.Shared(
                    new SharedEpochs(1),
                    operatorPause,
                    new CompactionCheck(topics -> new CompletableFuture<>(), true),
                    topics -> simulation.upheavals().answer(topics)),
                new Wiring.Environment(clocks, time.random(), this::await)));
    later(Duration.ofMillis(1), this::turn);
    simulation.trace(this, () -> "starts");
  }

  private IdempotentWriter writer(Scenario scenario) {
    IdempotentWriterBuilder builder =
        IdempotentWriter.builder(dynamo)
            .mode(scenario.mode())
            .table(
                Table.named(SimulatedTables.PLAIN).keys(KeySchema.of("pk", ScalarAttributeType.S)))
            .table(
                Table.named(SimulatedTables.SHARDED)
                    .keys(KeySchema.of("pk", ScalarAttributeType.S)),
                scenario.mode() == Mode.KEYED
                    ? KeySharder.calculated(1_000)
                    : KeySharder.random(1_000))
            .withoutTableCheck()
            .maxBufferedItems(scenario.maxBufferedItems())
            .linger(Duration.ofMillis(10))
            .requestTimeout(REQUEST_TIMEOUT)
            .deliveryTimeout(scenario.deliveryTimeout())
            .duplicates(scenario.duplicates())
            .claimMemory(20)
            .clock(time.clock())
            .random(time.random())
            .scheduler(scheduler)
            .requestExecutor(scheduler)
            .callbackExecutor(time.serialExecutor());
    if (scenario.mode() != Mode.KEYED) {
      builder.ledger(
          LedgerTable.named(SimulatedTables.LEDGER)
              .scope(SimulatedTables.SCOPE)
              .retention(Duration.ofDays(14)));
    }
    return builder.build();
  }

  /** The machine's clock, which may be set back. */
  private Instant wallTime() {
    return time.now().minus(setBack);
  }

  /** The machine's clock is set back. */
  void setClockBack(Duration by) {
    setBack = setBack.plus(by);
    simulation.trace(this, () -> "has its clock set back by " + by);
  }

  Simulation simulation() {
    return simulation;
  }

  SimulatedConsumer consumer() {
    return consumer;
  }

  String instance() {
    return instance;
  }

  OperatorPause operatorPause() {
    return operatorPause;
  }

  /** {@return whether it was to rest when its turn began} */
  boolean rests() {
    return rests && operatorPause.isSet();
  }

  /** {@return how many turns it has begun} */
  long turns() {
    return turns;
  }

  boolean isDead() {
    return dead;
  }

  /** {@return whether its threads run, the polling thread perhaps excepted} */
  boolean isRunning() {
    return !dead && !(frozen && time.now().isBefore(stalledUntil));
  }

  private Mapped map(ConsumerRecord<byte[], byte[]> record) {
    Entry entry = simulation.scenario().log().of(record);
    // As one that decrypts in place, and removes the headers that it has read.
    Entry.spoil(record.key(), record.value(), record.headers());
    simulation.counts().add(Fault.MAPPER_CHANGED_THE_RECORD);
    simulation.checks().begun(entry, this);
    if (!entry.mappingTime.isZero()) {
      simulation.counts().add(Fault.MAPPER_SLOW);
      sleep(entry.mappingTime);
    }
    switch (entry.mapping) {
      case SKIP -> {
        return Mapped.skip();
      }
      case REJECT -> {
        return Mapped.reject("not wanted");
      }
      case THROW -> throw new IllegalArgumentException("cannot be read");
      case OVERFLOW -> throw new StackOverflowError();
      default -> {
        List<Write> writes = entry.events.stream().map(e -> e.write(entry.content)).toList();
        return writes.size() == 1 ? Mapped.write(writes.get(0)) : Mapped.writes(writes);
      }
    }
  }

  private void turn() {
    fiber = null;
    if (dead || delayed(this::turn)) {
      return;
    }
    if (toClose) {
      fiber = Fiber.start(this::close);
    } else if (consumer.mayBlock() || simulation.scenario().slowMapper()) {
      fiber = Fiber.start(this::oneTurn);
    } else {
      oneTurn();
    }
  }

  private void oneTurn() {
    turns++;
    rests = operatorPause.isSet();
    try {
      loop.turn();
    } catch (FencedInstanceIdException | UnreleasedInstanceIdException e) {
      // What a supervisor does: it starts another, after a while.
      simulation.trace(this, () -> "stops: " + e);
      simulation.processes().stopped(this);
      return;
    } catch (RuntimeException e) {
      simulation.trace(this, () -> "stops: " + e);
      simulation.checks().fail("the loop stopped: " + e);
    }
    Duration wait = consumer.waits();
    later(
        wait.isZero() ? Duration.ofMillis(1) : wait.compareTo(pace) < 0 ? pace : wait, this::turn);
  }

  private void close() {
    Duration timeout = simulation.scenario().closeTimeout();
    Instant start = time.now();
    ConsumerCloseReport report = loop.close(CloseBudget.of(clocks.steady(), timeout), null);
    try {
      loop.check();
    } catch (FencedInstanceIdException e) {
      simulation.trace(this, () -> "stops: " + e);
    }
    Duration took = Duration.between(start, time.now());
    simulation.trace(this, () -> "is closed: " + report);
    simulation
        .checks()
        .require(
            took.compareTo(timeout.plusMillis(100)) <= 0 || stalledUntil.isAfter(start),
            "close took " + took + " of " + timeout);
    if (report.clean()) {
      consumer.heldAtClose().forEach(this::committedWhatItBegan);
    }
    die();
    simulation.processes().replace(this);
  }

  /** A report that says that nothing is left is true. */
  private void committedWhatItBegan(TopicPartition id, SimulatedConsumer.Holding holding) {
    simulation
        .checks()
        .require(
            holding.mapped < 0 || holding.known > holding.mapped || holding.setBack,
            "%s was begun up to %d and committed at %d, and close says that nothing is left"
                .formatted(id, holding.mapped, holding.known));
  }

  /** Asks it to close; it does so at its next turn. */
  void closeSoon() {
    toClose = true;
  }

  boolean isClosing() {
    return toClose;
  }

  /** The process stands still, or only its polling thread. */
  void stall(Duration howLong, boolean wholly) {
    Instant now = time.now();
    Instant until = now.plus(howLong);
    if (until.isAfter(stalledUntil)) {
      Instant from = stalledUntil.isAfter(now) ? stalledUntil : now;
      consumer.excuse(Duration.between(from, until));
      stalledUntil = until;
      frozen = wholly;
      simulation.trace(this, () -> (wholly ? "is frozen for " : "polls not for ") + howLong);
    }
  }

  /** Puts off what the polling thread would do while it stands still. */
  private boolean delayed(Runnable action) {
    Duration left = Duration.between(time.now(), max(stalledUntil, time.now()));
    if (!left.isZero()) {
      later(left, action);
    }
    return !left.isZero();
  }

  private static Instant max(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  /** Everything of the process ends at once; what it has sent may land. */
  void kill() {
    if (!dead) {
      die();
      if (fiber != null && Fiber.current() != fiber) {
        fiber.kill();
      }
      simulation.trace(this, () -> "dies");
    }
  }

  private void die() {
    dead = true;
    simulation.tables().crash(dynamo);
    var unused = scheduler.shutdownNow();
  }

  /** Blocks the polling thread for a while; where that cannot be, it goes on at once. */
  void sleep(Duration howLong) {
    if (Fiber.current() != null && !howLong.isZero() && !howLong.isNegative()) {
      pause(howLong, false);
    }
  }

  private void await(PollMailbox mailbox, Duration atMost) {
    if (Fiber.current() == null) {
      simulation.checks().fail("the loop waits where nobody expected it");
    }
    pause(atMost.isZero() || atMost.isNegative() ? Duration.ofMillis(1) : atMost, true);
  }

  private void pause(Duration howLong, boolean untilMail) {
    long number = ++waits;
    waiting = true;
    wakesForMail = untilMail;
    Fiber paused = Fiber.current();
    later(howLong, () -> goOn(paused, number));
    paused.suspend();
  }

  private void goOn(Fiber paused, long number) {
    if (waiting && waits == number && !delayed(() -> goOn(paused, number))) {
      waiting = false;
      paused.resume();
    }
  }

  /** Something has arrived for the loop. */
  void mail() {
    if (waiting && wakesForMail && !dead) {
      long number = waits;
      Fiber paused = fiber;
      later(Duration.ZERO, () -> goOn(paused, number));
    }
  }

  private void later(Duration howLong, Runnable action) {
    if (dead) {
      return;
    }
    var unused =
        scheduler.schedule(
            () -> {
              if (!dead) {
                action.run();
              }
            },
            howLong.toNanos(),
            TimeUnit.NANOSECONDS);
  }
}
