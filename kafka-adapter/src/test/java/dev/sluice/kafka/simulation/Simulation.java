package dev.sluice.kafka.simulation;

import dev.sluice.kafka.record.DeadLetterHeaders;
import dev.sluice.kafka.simulation.DeadLetterTopic.Trouble;
import dev.sluice.testkit.seeds.FaultCounts;
import dev.sluice.testkit.simulated.client.Mishaps;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * One run: draws a scenario from its seed, lets everything go wrong, and then checks that
 * everything is done.
 */
final class Simulation {
  private static final Duration TO_FINISH = Duration.ofMinutes(6);
  private static final int WATCH_MILLIS = 500;
  private static final int QUIET_WATCHES = 4;

  private final VirtualTime time;
  private final Scenario scenario;
  private final FaultCounts counts;
  private final Consumer<String> trace;
  private final boolean traced;
  private final ScheduledExecutorService director;
  private final SimulatedTables tables;
  private final SimulatedGroup group;
  private final Checks checks;
  private final DeadLetterTopic deadLetters;
  private final Processes processes;
  private final Upheavals upheavals;
  private final List<SimulatedProcess> started = new ArrayList<>();
  private Instant brokerDownUntil = Instant.MIN;
  private boolean calm;
  private int quiet;
  private boolean done;

  private Simulation(long seed, FaultCounts counts, Consumer<String> trace) {
    this.trace = trace;
    this.traced = trace != NO_TRACE;
    this.time = VirtualTime.seeded(seed);
    this.scenario = Scenario.draw(time.random());
    this.counts = counts;
    this.director = time.scheduler();
    this.tables = new SimulatedTables(time, weather(), counts);
    tables.refuseInvalidTransactions(new SplittableRandom(~seed).nextBoolean());
    this.group = new SimulatedGroup(this);
    this.checks = new Checks(this);
    this.deadLetters = new DeadLetterTopic(this);
    this.upheavals = new Upheavals(this);
    this.processes = new Processes(this);
  }

  static final Consumer<String> NO_TRACE = step -> {};

  /**
   * Runs one seed.
   *
   * @param counts what went wrong is added here
   * @param trace told every step
   * @throws AssertionError if a promise did not hold; it names the seed
   */
  static void run(long seed, FaultCounts counts, Consumer<String> trace) {
    Simulation simulation = new Simulation(seed, counts, trace);
    try {
      trace.accept("seed " + seed + ": " + simulation.scenario);
      simulation.run();
      simulation.tables.count();
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + rootMessage(e), e);
    } finally {
      List.copyOf(simulation.started).forEach(SimulatedProcess::kill);
    }
  }

  private static String rootMessage(Throwable thrown) {
    Throwable at = thrown;
    while (at.getCause() != null) {
      at = at.getCause();
    }
    return at instanceof AssertionError ? at.getMessage() : at.toString();
  }

  private void run() {
    countRecords();
    processes.start();
    var unused =
        director.scheduleAtFixedRate(
            this::watch, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
    runUntil(() -> millis() > scenario.millis() + 5_000, Duration.ofDays(1));
    if (scenario.kind() == Scenario.Kind.STUCK) {
      runUntil(() -> millis() > 12_000, Duration.ofDays(1));
      onlyTheStuckWait();
    }
    calm();
    runUntil(() -> done, TO_FINISH);
    checks.everythingInItsPlace();
  }

  private void runUntil(BooleanSupplier condition, Duration limit) {
    try {
      time.runUntil(() -> checks.hasFailed() || condition.getAsBoolean(), limit);
    } catch (AssertionError e) {
      checks.rethrow();
      if (e.getMessage().contains("did not hold")) {
        checks.everythingInItsPlace();
        throw new AssertionError("not all was done and committed in time: " + whatIsLeft());
      }
      throw e;
    }
    checks.rethrow();
  }

  private void watch() {
    group.watch();
    // A commit that landed late may cover what is applied again just now.
    quiet = calm && isDone() ? quiet + 1 : 0;
    done = quiet >= QUIET_WATCHES;
  }

  private Mishaps weather() {
    return scenario.kind() == Scenario.Kind.ORDER
        ? Weather.inOrder(scenario.requestTrouble())
        : Weather.bad(scenario.requestTrouble());
  }

  /** The tables are worse than usual for a while. */
  void storm(Mishaps weather, Duration howLong) {
    tables.weather(weather);
    later(
        howLong.toMillis(),
        () -> {
          if (!calm) {
            tables.weather(weather());
          }
        });
  }

  /** From now on nothing goes wrong any more. */
  private void calm() {
    trace.accept(millis() + " ms: all is calm");
    calm = true;
    processes.calm();
    tables.weather(Weather.calm());
    deadLetters.trouble(Trouble.NONE);
  }

  private boolean isDone() {
    return whatIsLeft().isEmpty() && checks.isEverythingDone();
  }

  /** The partitions that have no owner who has read to the end and knows it to be committed. */
  private Set<String> whatIsLeft() {
    Set<String> left = new HashSet<>();
    for (TopicPartition id : scenario.log().ids()) {
      long end = scenario.log().end(id.partition(), millis());
      boolean isDone = false;
      for (SimulatedProcess process : processes.alive()) {
        SimulatedConsumer.Holding holding = process.consumer().holding(id);
        if (holding != null && process.consumer().isMember()) {
          // Where nothing has come since it was assigned at its end, a former owner's late commit
          // may stand: the next record's brings it back.
          isDone = holding.position == end && (holding.known == end || !holding.hasMoved());
          if (!isDone) {
            left.add(
                "%s read to %d, committed %d, end %d%s"
                    .formatted(
                        id,
                        holding.position,
                        holding.known,
                        end,
                        holding.paused ? ", paused" : ""));
          }
        }
      }
      if (!isDone && left.isEmpty()) {
        left.add(id + " has no owner");
      }
    }
    return left;
  }

  /** Whatever does not get through holds up nothing else. */
  private void onlyTheStuckWait() {
    Set<Entry> stuck = scenario.stuckEntries();
    for (Entry entry : scenario.log().all()) {
      if (entry.record != null && !stuck.contains(entry)) {
        checks.require(
            tables.contents().has(entry.events.get(0)),
            entry + " waits for others that do not get through");
      }
    }
    if (!stuck.isEmpty()) {
      counts.add(Fault.STUCK_KEY);
    }
  }

  private void countRecords() {
    List<Entry> seen = new ArrayList<>();
    for (Entry entry : scenario.log().all()) {
      count(entry);
      for (Event event : entry.events) {
        if (entry.content > 0) {
          counts.add(Fault.ID_REUSED);
        }
        seen.stream()
            .filter(other -> other.events.contains(event))
            .findFirst()
            .ifPresent(
                other ->
                    counts.add(
                        other.partition == entry.partition
                            ? Fault.DUPLICATE_WITHIN_PARTITION
                            : Fault.DUPLICATE_ACROSS_PARTITIONS));
        if (event.shape() == Event.Shape.POISON) {
          counts.add(Fault.WRITE_REJECTED);
        }
        if (event.shape() == Event.Shape.INVALID) {
          counts.add(Fault.INVALID_WRITE);
        }
      }
      seen.add(entry);
    }
  }

  private void count(Entry entry) {
    switch (entry.mapping) {
      case GAP -> counts.add(Fault.GAP);
      case SKIP -> counts.add(Fault.MAPPER_SKIPPED);
      case REJECT -> counts.add(Fault.MAPPER_REJECTED);
      case THROW -> counts.add(Fault.MAPPER_THREW);
      case OVERFLOW -> counts.add(Fault.MAPPER_OVERFLOWED);
      default -> {
        if (entry.record.value() == null) {
          counts.add(Fault.TOMBSTONE);
        }
        if (entry.record.key() == null) {
          counts.add(Fault.NULL_KEY);
        }
      }
    }
  }

  void later(long millis, Runnable action) {
    var unused = director.schedule(action, millis, TimeUnit.MILLISECONDS);
  }

  void started(SimulatedProcess process) {
    started.add(process);
  }

  void breakBroker(Duration howLong) {
    counts.add(Fault.BROKER_OUTAGE);
    brokerDownUntil = time.now().plus(howLong);
    trace.accept(millis() + " ms: the broker is down for " + howLong);
  }

  boolean isBrokerDown() {
    return !calm && brokerDownUntil.isAfter(time.now());
  }

  boolean isCalm() {
    return calm;
  }

  double commitTrouble() {
    return calm ? 0 : scenario.commitTrouble();
  }

  /** The record at a position, which may name one of several writes. */
  Entry entryOf(String source, String event) {
    int partition = source.indexOf('/') + 1;
    int offset = source.indexOf('/', partition) + 1;
    int end = offset;
    while (end < source.length() && Character.isDigit(source.charAt(end))) {
      end++;
    }
    return scenario
        .log()
        .at(
            Integer.parseInt(source.substring(partition, offset - 1)),
            Long.parseLong(source.substring(offset, end)),
            event);
  }

  /** The record that a dead letter says it is for. */
  Entry entryOf(ProducerRecord<byte[], byte[]> letter) {
    return scenario
        .log()
        .at(
            Integer.parseInt(Checks.header(letter, DeadLetterHeaders.PARTITION)),
            Long.parseLong(Checks.header(letter, DeadLetterHeaders.OFFSET)));
  }

  VirtualTime time() {
    return time;
  }

  long millis() {
    return time.nanoTime() / 1_000_000;
  }

  Scenario scenario() {
    return scenario;
  }

  FaultCounts counts() {
    return counts;
  }

  SimulatedTables tables() {
    return tables;
  }

  SimulatedGroup group() {
    return group;
  }

  Checks checks() {
    return checks;
  }

  DeadLetterTopic deadLetters() {
    return deadLetters;
  }

  Upheavals upheavals() {
    return upheavals;
  }

  Processes processes() {
    return processes;
  }

  void trace(SimulatedProcess process, Supplier<String> step) {
    if (traced) {
      String who = process == null ? "" : ", process " + started.indexOf(process);
      trace.accept(millis() + " ms" + who + ": " + step.get());
    }
  }
}
