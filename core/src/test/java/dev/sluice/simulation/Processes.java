package dev.sluice.simulation;

import dev.sluice.flow.WriteBudget;
import dev.sluice.model.Duplicates;
import dev.sluice.shard.KeySharder;
import dev.sluice.testkit.seeds.FaultCounts;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** The processes of one run: who lives, who owns which partition, and what befalls them. */
final class Processes {
  private static final int INDEXED_MILLIS = 2_000;
  private static final int STEPS_MILLIS = 100;
  private static final int LONGEST_PAUSE_MILLIS = 8_000;

  private final Simulation simulation;
  private final Scenario scenario;
  private final FaultCounts counts;
  private final RandomGenerator random;
  private final ScheduledExecutorService director;
  private final List<SimulatedService> alive = new ArrayList<>();
  private final WriteBudget[] shared;
  private int mapper;
  private KeySharder sharder;
  private boolean firstIsReadOn;
  private int deaths = 3;
  private int pauses = 3;

  Processes(Simulation simulation, FaultCounts counts) {
    this.simulation = simulation;
    this.scenario = simulation.scenario();
    this.counts = counts;
    this.random = simulation.time().random();
    this.director = simulation.time().scheduler();
    this.sharder = Resharding.first(scenario.mode());
    this.shared = scenario.pacing().budgets(simulation.time().clock());
  }

  /** Starts them, gives each partition an owner, and plans the disasters. */
  void start() {
    pace(scenario.pacing());
    for (int i = 0; i < scenario.workers(); i++) {
      alive.add(process());
    }
    for (int partition = 0; partition < scenario.log().partitionCount(); partition++) {
      anyone().assign(partition);
    }
    for (int i = 0; i < scenario.disasters(); i++) {
      later(scenario.disasterAt(random), this::disaster);
    }
  }

  private void pace(Pacing pacing) {
    if (!pacing.isNone()) {
      counts.add(Fault.PACED);
    }
    if (pacing.isLimited()) {
      simulation.tables().limit(pacing.throughput(scenario));
    }
    if (pacing.isKeptByAll()) {
      SpentUnits spent = new SpentUnits(simulation);
      var unused = director.scheduleAtFixedRate(spent::look, 0, 1, TimeUnit.SECONDS);
    }
  }

  /** {@return the tables' budgets for a process: those of all, or some by its own clock} */
  WriteBudget[] budgets(InstantSource clock) {
    return scenario.pacing().shared() ? shared : scenario.pacing().budgets(clock);
  }

  /** From now on nobody dies. */
  void calm() {
    deaths = 0;
    pauses = 0;
  }

  /** Something has happened in a process. */
  void happened(Fault what) {
    counts.add(what);
  }

  /** All of them die; the one that is started then mends what was rejected. */
  SimulatedService replaceAll(Duplicates duplicates) {
    alive.forEach(SimulatedService::crash);
    readFirstOn();
    return process(duplicates);
  }

  private SimulatedService process() {
    return process(scenario.duplicates());
  }

  private SimulatedService process(Duplicates duplicates) {
    Duration skew = Duration.ZERO;
    if (scenario.skewed()) {
      skew = Duration.ofSeconds(random.nextInt(61) - 30);
      counts.add(Fault.CLOCK_SKEW);
    }
    return new SimulatedService(simulation, mapper, sharder, skew, duplicates);
  }

  private SimulatedService anyone() {
    return alive.get(random.nextInt(alive.size()));
  }

  private void disaster() {
    if (scenario.mapperChanges() && mapper == 0) {
      mapper = 1;
      counts.add(Fault.MAPPER_CHANGED);
    }
    reshard();
    SimulatedService victim = anyone();
    simulation.clocks().set(alive);
    switch (random.nextInt(3)) {
      case 0 -> crash(victim);
      case 1 -> zombie(victim);
      default -> moveAll(victim, 0);
    }
    if (scenario.isCompacting()) {
      int partition = random.nextInt(scenario.log().partitionCount());
      if (scenario.log().compact(partition, simulation.seconds())) {
        counts.add(Fault.COMPACTION);
      }
    }
    if (scenario.isExpiring() && random.nextInt(3) == 0) {
      // Days late in reality: long after anything of the claim is still under way.
      simulation.tables().deleteExpired(240);
    }
  }

  private void reshard() {
    if (!firstIsReadOn) {
      KeySharder later = scenario.resharding().later(scenario.mode());
      if (later != sharder) {
        counts.add(Fault.RESHARDED);
      }
      sharder = later;
    }
  }

  private void readFirstOn() {
    firstIsReadOn = true;
    sharder = scenario.resharding().sound(scenario.mode());
  }

  /** A process stops, since the ledger names a shard that is not read; its operator mends that. */
  void stopped(SimulatedService victim) {
    simulation.checks().require(scenario.resharding() == Resharding.RETIRING, "a process stopped");
    counts.add(Fault.SHARD_NOT_READ);
    readFirstOn();
    if (alive.contains(victim)) {
      crash(victim);
    }
  }

  private void crash(SimulatedService victim) {
    counts.add(Fault.CRASH);
    alive.remove(victim);
    victim.crash();
    alive.add(process());
    for (int partition : victim.partitions()) {
      later(scenario.ownerlessMillis(random), () -> anyone().assign(partition));
    }
  }

  /** Between two steps of giving a record up: whether the process dies there. */
  boolean dieHere(SimulatedService victim) {
    boolean dies =
        scenario.orphaning() && deaths > 0 && alive.contains(victim) && random.nextInt(3) == 0;
    if (dies) {
      deaths--;
      crash(victim);
    }
    return dies;
  }

  /** The victim goes on for a while with partitions that are another's already. */
  private void zombie(SimulatedService victim) {
    counts.add(Fault.ZOMBIE);
    if (scenario.mayEndUnknown() && random.nextBoolean()) {
      pause(victim);
    }
    moveAll(victim, 1 + random.nextInt(20_000));
  }

  /** It is taken for dead, and goes on where it was. */
  private void pause(SimulatedService victim) {
    counts.add(Fault.PROCESS_PAUSED);
    victim.pause(Duration.ofMillis(1 + random.nextInt(LONGEST_PAUSE_MILLIS)));
  }

  /**
   * A process begins with a record that the tables take until they get an index. Perhaps it is held
   * up between two of its steps, and is rejected what its successor has made meanwhile.
   */
  void beginsWithPoison(SimulatedService victim) {
    if (scenario.indexAt() > 0
        && scenario.mayEndUnknown()
        && pauses > 0
        && random.nextInt(3) == 0) {
      pauses--;
      later(
          random.nextInt(STEPS_MILLIS),
          () -> {
            if (alive.contains(victim)) {
              counts.add(Fault.ZOMBIE);
              pause(victim);
              moveAll(victim, 1 + random.nextInt(20_000));
              later(random.nextInt(INDEXED_MILLIS), simulation.tables()::rejectPoison);
            }
          });
    }
  }

  private void moveAll(SimulatedService victim, int noticedAfterMillis) {
    counts.add(Fault.PARTITION_LOST);
    for (int partition : victim.partitions()) {
      SimulatedService next = anyone();
      Assignment zombie = victim.assignment(partition);
      if (noticedAfterMillis == 0 || next == victim) {
        victim.lose(partition);
        next.assign(partition);
      } else {
        next.assign(partition);
        later(noticedAfterMillis, () -> victim.loseZombie(zombie));
      }
    }
  }

  void later(long millis, Runnable action) {
    var unused = director.schedule(action, millis, TimeUnit.MILLISECONDS);
  }

  /** {@return whether every record of every partition is done by its owner} */
  boolean areAllDone() {
    for (int partition = 0; partition < scenario.log().partitionCount(); partition++) {
      int owned = partition;
      if (alive.stream().noneMatch(process -> process.isDone(owned))) {
        return false;
      }
    }
    return true;
  }
}
