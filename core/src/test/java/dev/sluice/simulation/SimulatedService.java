package dev.sluice.simulation;

import dev.sluice.IdempotentWriter;
import dev.sluice.IdempotentWriterBuilder;
import dev.sluice.model.Duplicates;
import dev.sluice.model.KeySchema;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Mode;
import dev.sluice.model.Table;
import dev.sluice.model.WriteListener;
import dev.sluice.shard.KeySharder;
import dev.sluice.testkit.simulated.client.MeddlingProxy;
import dev.sluice.testkit.simulated.client.SimulatedDynamoDbClient;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * One process: a writer, and what a consumer does around it. It owns partitions, hands over their
 * records in order, and commits what is contiguously done.
 */
final class SimulatedService {
  static final int MAX_BUFFERED = 7;
  private static final int TICK_MILLIS = 20;
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);
  private static final int MIN_DELIVERY_SECONDS = 5;
  private static final int MORE_DELIVERY_SECONDS = 10;

  /** For all that a hot key takes in a rush, one after the other. */
  private static final int PATIENT_DELIVERY_SECONDS = 120;

  private final Simulation simulation;
  private final VirtualTime time;
  private final RandomGenerator random;
  private final ScheduledExecutorService scheduler;
  private final ScheduledExecutorService callbacks;
  private final SimulatedDynamoDbClient dynamo;
  private final IdempotentWriter writer;
  private final int mapper;
  private final Map<Integer, Assignment> assignments = new HashMap<>();
  private Duration skew;
  private boolean heard;
  private boolean dead;

  SimulatedService(
      Simulation simulation, int mapper, KeySharder sharder, Duration skew, Duplicates duplicates) {
    this.simulation = simulation;
    this.time = simulation.time();
    this.random = time.random();
    this.mapper = mapper;
    this.scheduler = time.scheduler();
    this.callbacks = time.scheduler();
    this.dynamo = simulation.tables().connect();
    this.skew = skew;
    boolean patient =
        simulation.scenario().pacing().isSpread() && !simulation.scenario().isExpiring();
    int deliverySeconds =
        patient
            ? PATIENT_DELIVERY_SECONDS
            : MIN_DELIVERY_SECONDS + random.nextInt(MORE_DELIVERY_SECONDS);
    this.writer =
        builder(simulation.scenario(), sharder)
            .table(plain())
            .table(
                Table.named(SimulatedTables.SHARDED)
                    .keys(
                        KeySchema.of("pk", ScalarAttributeType.S)
                            .indexedBy("customer", ScalarAttributeType.S)),
                sharder)
            .withoutTableCheck()
            .maxBufferedItems(MAX_BUFFERED)
            .maxInFlightRequests(1 + random.nextInt(4))
            .linger(Duration.ofMillis(random.nextInt(50)))
            .requestTimeout(REQUEST_TIMEOUT)
            .deliveryTimeout(Duration.ofSeconds(deliverySeconds))
            .duplicates(duplicates)
            .claimMemory(simulation.scenario().claimMemory())
            .metrics(new Bounds(simulation, REQUEST_TIMEOUT.plusSeconds(deliverySeconds)))
            .clock(() -> time.now().plus(this.skew))
            .random(time.random())
            .scheduler(scheduler)
            .requestExecutor(scheduler)
            .callbackExecutor(time.serialExecutor(callbacks))
            .build();
    later(TICK_MILLIS, this::tick);
  }

  private Table plain() {
    Table plain =
        Table.named(SimulatedTables.PLAIN)
            .keys(
                KeySchema.of("pk", ScalarAttributeType.S)
                    .sortedBy("sk", ScalarAttributeType.N)
                    .indexedBy("customer", ScalarAttributeType.S));
    return simulation.clocks().hasExpiredItems() ? plain.expiresBy(SimulatedTables.UNTIL) : plain;
  }

  private IdempotentWriterBuilder builder(Scenario scenario, KeySharder sharder) {
    IdempotentWriterBuilder builder =
        IdempotentWriter.builder(
                new WatchedDynamoDb(
                    new MeddlingProxy(dynamo, time.clock(), simulation.clocks()::meddling),
                    simulation.checks(),
                    sharder))
            .mode(scenario.mode())
            .maxTransactionEvents(scenario.maxTransactionEvents());
    if (scenario.mode() != Mode.KEYED) {
      builder.ledger(
          LedgerTable.named(SimulatedTables.LEDGER)
              .scope(SimulatedTables.SCOPE)
              .retention(scenario.retention()));
    }
    scenario.pacing().apply(builder, simulation.processes().budgets(time.clock()), scenario.mode());
    return builder;
  }

  /** The service has answered: the writer knows its time, and bears that its clock is set. */
  void heard() {
    heard = true;
  }

  boolean hasHeard() {
    return heard;
  }

  /** Somebody sets the clock. */
  void setClock(Duration off) {
    skew = off;
    simulation.trace(this, "has its clock set off by " + off);
  }

  void assign(int partition) {
    assignments.put(partition, new Assignment(partition, simulation.scenario().log()));
    simulation.trace(this, "gets partition " + partition);
  }

  /** The partition is gone; what is under way for it counts for nothing any more. */
  void lose(int partition) {
    assignments.remove(partition);
    simulation.trace(this, "loses partition " + partition);
  }

  /** A zombie notices at last; unless it has got the partition again meanwhile. */
  void loseZombie(Assignment zombie) {
    if (assignments.remove(zombie.partition(), zombie)) {
      simulation.trace(this, "notices that partition " + zombie.partition() + " is another's");
    }
  }

  Assignment assignment(int partition) {
    return assignments.get(partition);
  }

  List<Integer> partitions() {
    return List.copyOf(assignments.keySet());
  }

  boolean isDone(int partition) {
    Assignment assignment = assignments.get(partition);
    return assignment != null && assignment.isDone();
  }

  void crash() {
    dead = true;
    simulation.tables().crash(dynamo);
    var unused = scheduler.shutdownNow();
    simulation.trace(this, "dies");
  }

  /** All of its threads stand still; what was sent goes on. */
  void pause(Duration pause) {
    time.pause(scheduler, pause);
    time.pause(callbacks, pause);
    simulation.trace(this, "stands still for " + pause);
  }

  private void tick() {
    boolean idle = true;
    for (Assignment assignment : List.copyOf(assignments.values())) {
      dispatch(assignment);
      idle &= assignment.isIdle();
      if (random.nextInt(4) == 0) {
        commit(assignment);
      }
    }
    later(idle ? simulation.scenario().idleMillis() : TICK_MILLIS, this::tick);
  }

  private void dispatch(Assignment assignment) {
    for (Log.Entry entry = assignment.next(simulation.seconds());
        entry != null;
        entry = assignment.next(simulation.seconds())) {
      if (!write(entry, new Delivery(this, assignment, entry))) {
        return;
      }
      assignment.dispatched();
    }
  }

  boolean write(Log.Entry entry, WriteListener listener) {
    boolean accepted =
        writer.tryWrite(entry.position(), entry.event().write(entry.content(), mapper), listener);
    if (accepted) {
      if (entry.event().poison()) {
        simulation.processes().beginsWithPoison(this);
      }
      simulation.releases().began(entry.source());
      simulation.bill().delivered(entry.event());
    }
    return accepted;
  }

  CompletionStage<Boolean> release(Log.Entry entry) {
    return writer.release(entry.position(), entry.event().id());
  }

  Simulation simulation() {
    return simulation;
  }

  int mapper() {
    return mapper;
  }

  boolean isDead() {
    return dead;
  }

  private void commit(Assignment assignment) {
    if (assignment.position() != assignment.lastCommitted()) {
      simulation.commit(this, assignment.partition(), assignment.position());
      assignment.committed();
    }
  }

  /** Does something later, unless the process has died by then. */
  void later(long millis, Runnable action) {
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
            millis,
            TimeUnit.MILLISECONDS);
  }

  /** Writes a dead letter again as the record that it was, for whoever replays. */
  void replay(Log.Entry entry, WriteListener listener) {
    if (!write(entry, listener)) {
      later(100, () -> replay(entry, listener));
    }
  }
}
