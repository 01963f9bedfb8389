package dev.sluice.kafka.simulation;

import dev.sluice.kafka.simulation.DeadLetterTopic.Trouble;
import dev.sluice.testkit.seeds.FaultCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.TopicPartition;

/** The processes of one run, and what befalls them and what they work with. */
final class Processes {
  private static final int MOST = 4;

  private final Simulation simulation;
  private final Scenario scenario;
  private final FaultCounts counts;
  private final RandomGenerator random;
  private final List<SimulatedProcess> alive = new ArrayList<>();
  private int instances;
  private boolean calm;

  Processes(Simulation simulation) {
    this.simulation = simulation;
    this.scenario = simulation.scenario();
    this.counts = simulation.counts();
    this.random = simulation.time().random();
  }

  List<SimulatedProcess> alive() {
    return alive;
  }

  void start() {
    for (int i = 0; i < scenario.processes(); i++) {
      add();
    }
    for (int i = 0; i < scenario.disasters(); i++) {
      simulation.later(random.nextInt(scenario.millis() + 3_000), this::disaster);
    }
  }

  /** From now on nothing befalls anybody. */
  void calm() {
    calm = true;
    alive.forEach(process -> process.operatorPause().set(false));
  }

  private void add() {
    begin(scenario.fixedMembers() ? "i" + instances++ : null);
  }

  private void begin(String instance) {
    alive.add(new SimulatedProcess(simulation, instance));
  }

  /** A process has ended well; another takes its place. */
  void replace(SimulatedProcess closed) {
    alive.remove(closed);
    simulation.later(1 + random.nextInt(2_000), () -> begin(closed.instance()));
  }

  /** A process has ended itself by a failure that it could not go on from. */
  void stopped(SimulatedProcess process) {
    process.kill();
    if (alive.remove(process)) {
      simulation.later(
          1_000 + random.nextInt(2_000),
          () -> {
            boolean isThere =
                process.instance() != null
                    && alive.stream().anyMatch(p -> process.instance().equals(p.instance()));
            if (!isThere) {
              begin(process.instance());
            }
          });
    }
  }

  private void disaster() {
    if (calm || alive.isEmpty()) {
      return;
    }
    SimulatedProcess victim = alive.get(random.nextInt(alive.size()));
    if (scenario.kind() == Scenario.Kind.ORDER) {
      befallOne(victim);
      return;
    }
    if (scenario.kind() == Scenario.Kind.GOING_BACK && random.nextBoolean()) {
      upheaval();
      return;
    }
    switch (random.nextInt(scenario.kind() == Scenario.Kind.VANISHING ? 16 : 13)) {
      case 0, 1 -> kill(victim);
      case 2 -> close(victim);
      case 3 -> addOne();
      case 4 -> stall(victim, Fault.PROCESS_FROZEN);
      case 5 -> replaceUnderItsNose(victim);
      case 6 -> slowTables();
      case 7, 8, 9, 10, 11, 12 -> befallOne(victim);
      case 13, 14 -> compact();
      default -> moveStart();
    }
  }

  /** While it is read, or while nobody is there. */
  private void upheaval() {
    if (random.nextBoolean()) {
      List.copyOf(alive).forEach(this::kill);
    }
    if (random.nextInt(3) == 0) {
      simulation.upheavals().recreate();
    } else {
      simulation.upheavals().cut();
    }
  }

  /** What makes nobody do the same as the victim at the same time. */
  private void befallOne(SimulatedProcess victim) {
    switch (random.nextInt(8)) {
      case 0 -> stall(victim, Fault.THREAD_STALLED);
      case 6 -> setClockBack(victim);
      case 1 -> breakBroker();
      case 2, 3 -> troubleDeadLetters();
      case 4 -> setBack(victim);
      case 5 -> rest(victim);
      default -> throttleTables();
    }
  }

  private void setClockBack(SimulatedProcess victim) {
    counts.add(Fault.CLOCK_SET_BACK);
    victim.setClockBack(Duration.ofSeconds(1L << random.nextInt(13)));
  }

  private void breakBroker() {
    simulation.breakBroker(Duration.ofMillis(500 + random.nextInt(8_000)));
  }

  private void rest(SimulatedProcess victim) {
    counts.add(Fault.OPERATOR_PAUSE);
    simulation.trace(victim, () -> "is to rest");
    victim.operatorPause().set(true);
    simulation.later(
        200 + random.nextInt(8_000),
        () -> {
          simulation.trace(victim, () -> "is to go on");
          victim.operatorPause().set(false);
        });
  }

  private void throttleTables() {
    counts.add(Fault.TABLES_THROTTLED);
    simulation.storm(Weather.throttled(), Duration.ofMillis(1_000 + random.nextInt(30_000)));
  }

  private void slowTables() {
    counts.add(Fault.TABLES_SLOW);
    simulation.storm(Weather.slow(), Duration.ofMillis(1_000 + random.nextInt(20_000)));
  }

  private void kill(SimulatedProcess victim) {
    counts.add(Fault.PROCESS_KILLED);
    victim.kill();
    alive.remove(victim);
    simulation.later(1 + random.nextInt(5_000), () -> begin(victim.instance()));
  }

  private void close(SimulatedProcess victim) {
    if (!victim.isClosing()) {
      counts.add(Fault.PROCESS_CLOSED);
      victim.closeSoon();
      if (random.nextInt(3) == 0) {
        breakBroker();
      }
    }
  }

  private void addOne() {
    if (alive.size() < MOST) {
      counts.add(Fault.PROCESS_ADDED);
      add();
    }
  }

  private void stall(SimulatedProcess victim, Fault how) {
    counts.add(how);
    long longest = 2 * scenario.maxPollInterval().toMillis();
    victim.stall(Duration.ofMillis(100 + random.nextLong(longest)), how == Fault.PROCESS_FROZEN);
  }

  /** A supervisor takes a process that stands still for dead, and starts another. */
  private void replaceUnderItsNose(SimulatedProcess victim) {
    if (scenario.fixedMembers()) {
      stall(victim, Fault.PROCESS_FROZEN);
      begin(victim.instance());
    }
  }

  private void troubleDeadLetters() {
    Trouble[] all = Trouble.values();
    simulation.deadLetters().trouble(all[1 + random.nextInt(all.length - 1)]);
    simulation.later(
        1_000 + random.nextInt(10_000), () -> simulation.deadLetters().trouble(Trouble.NONE));
  }

  private void setBack(SimulatedProcess victim) {
    for (Map.Entry<TopicPartition, SimulatedConsumer.Holding> each :
        victim.consumer().holdings().entrySet()) {
      SimulatedConsumer.Holding holding = each.getValue();
      long start = scenario.log().start(each.getKey().partition());
      if (holding.position > start) {
        counts.add(Fault.POSITION_SET_BACK);
        holding.setBack = true;
        holding.position = start + random.nextLong(holding.position - start);
        holding.epoch = -1;
        holding.setBackTo = Math.min(holding.setBackTo, holding.position);
        simulation.trace(victim, () -> each.getKey() + " is set back to " + holding.position);
        return;
      }
    }
  }

  private void compact() {
    int partition = random.nextInt(scenario.log().partitionCount());
    scenario
        .log()
        .compact(
            partition,
            simulation.millis(),
            gone -> {
              counts.add(Fault.COMPACTION);
              simulation.checks().vanished(gone);
            });
  }

  private void moveStart() {
    int partition = random.nextInt(scenario.log().partitionCount());
    long end = scenario.log().end(partition, simulation.millis());
    scenario
        .log()
        .moveStart(
            partition,
            random.nextLong(end + 1),
            gone -> {
              counts.add(Fault.LOG_START_MOVED);
              simulation.checks().vanished(gone);
            });
  }
}
