package dev.sluice.simulation;

import dev.sluice.model.Duplicates;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.RetriableException;
import dev.sluice.model.SluiceException;
import dev.sluice.model.WriteListener;
import dev.sluice.testkit.seeds.FaultCounts;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * One run: draws a scenario from its seed, lets everything go wrong, and then checks the tables.
 */
final class Simulation {
  private static final Duration TO_FINISH = Duration.ofMinutes(10);

  private final long seed;
  private final VirtualTime time;
  private final Scenario scenario;
  private final FaultCounts counts;
  private final SimulatedTables tables;
  private final Checks checks = new Checks(this);
  private final List<Log.Entry> deadLetters = new ArrayList<>();
  private final List<Log.Entry> rejected = new ArrayList<>();
  private final Set<Event> deadLetteredAgain = new HashSet<>();
  private final Consumer<String> trace;
  private final Bill bill;
  private final Releases releases;
  private final Processes processes;
  private final Clocks clocks;

  private Simulation(long seed, FaultCounts counts, Consumer<String> trace) {
    this.seed = seed;
    this.trace = trace;
    this.time = VirtualTime.seeded(seed);
    SplittableRandom others = new SplittableRandom(~seed);
    this.scenario =
        Scenario.draw(
            time.random(),
            Pacing.draw(new SplittableRandom(seed)),
            Origin.draw(others),
            Resharding.draw(others));
    this.counts = counts;
    this.tables = new SimulatedTables(time, scenario.weather(), counts);
    tables.refuseInvalidTransactions(others.nextBoolean());
    this.releases = new Releases(time, tables);
    this.bill = new Bill(scenario, this::hasExpiredItems);
    this.clocks = Clocks.draw(new SplittableRandom(~seed), scenario, counts);
    this.processes = new Processes(this, counts);
    countRecords();
  }

  /**
   * Runs one seed.
   *
   * @param counts what went wrong is added here
   * @param trace told every step
   * @throws AssertionError if a promise did not hold; it names the seed
   */
  static void run(long seed, FaultCounts counts, Consumer<String> trace) {
    try {
      Simulation simulation = new Simulation(seed, counts, trace);
      simulation.run();
      simulation.tables.count();
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + rootMessage(e), e);
    }
  }

  private static String rootMessage(Throwable thrown) {
    Throwable at = thrown;
    while (at.getCause() != null) {
      at = at.getCause();
    }
    return at.getMessage();
  }

  private void run() {
    for (Event event : scenario.events()) {
      if (event.shape() == Event.Shape.DELETE) {
        tables.put(Event.key("doomed-" + event.id(), 1));
        bill.alreadySpent(1);
      }
    }
    if (scenario.indexAt() == 0) {
      tables.rejectPoison();
    } else {
      processes.later(scenario.indexAt(), tables::rejectPoison);
    }
    clocks
        .expiredItems(time.now())
        .forEach(
            item -> {
              tables.put(item);
              bill.alreadySpent(1);
            });
    processes.start();
    time.advance(Duration.ofSeconds(2 * scenario.seconds() + 10));
    processes.calm();
    tables.calm();
    checks.rethrow();
    time.runUntil(() -> checks.hasFailed() || processes.areAllDone(), TO_FINISH);
    checks.rethrow();
    tables.deleteExpiredItems();
    checks.everythingInItsPlace();
    checks.lastOfEachKeyStands();
    checks.sumsAreOfWhatWasCounted();
    checks.reusedIdsAreAccountedFor();
    checks.writeUnits(bill);
    replayDeadLetters();
  }

  private void replayDeadLetters() {
    if (rejected.isEmpty() || scenario.mapperChanges()) {
      return;
    }
    // A zombie may have claimed for a copy that nobody will deliver again: see docs/adr/0009.
    SimulatedService replayer =
        processes.replaceAll(
            scenario.mode() == Mode.TRANSACTIONAL ? Duplicates.DROP : Duplicates.REAPPLY);
    // Whoever repairs the cause waits until what was under way has ended: see docs/adr/0009.
    time.advance(Weather.LATEST.plusSeconds(10));
    tables.mend();
    int[] open = {0};
    for (Log.Entry entry : List.copyOf(rejected)) {
      counts.add(Fault.DEAD_LETTER_REPLAYED);
      open[0]++;
      replayer.replay(
          entry,
          new WriteListener() {
            @Override
            public void completed(Outcome outcome) {
              trace(replayer, "replayed " + entry.source() + ' ' + entry.event() + ' ' + outcome);
              open[0]--;
              if (outcome instanceof Outcome.Conflict) {
                deadLetteredAgain.add(entry.event());
              }
            }

            @Override
            public void failed(SluiceException failure) {
              if (failure instanceof RetriableException && scenario.pacing().isSlow()) {
                replayer.later(500, () -> replayer.replay(entry, this));
              } else {
                checks.fail("the replay of a mended dead letter failed with " + failure);
              }
            }
          });
    }
    time.runUntil(() -> checks.hasFailed() || open[0] == 0, TO_FINISH);
    checks.rethrow();
    checks.nothingMissing();
    checks.sumsAreOfWhatWasCounted();
  }

  private void countRecords() {
    List<Log.Entry> seen = new ArrayList<>();
    for (Log.Entry entry : scenario.log().all()) {
      if (entry.event().poison()) {
        counts.add(Fault.POISON);
      }
      if (entry.content() > 0) {
        counts.add(Fault.ID_REUSED);
      }
      seen.stream()
          .filter(other -> other.event().id().equals(entry.event().id()))
          .findFirst()
          .ifPresent(
              other ->
                  counts.add(
                      other.partition() == entry.partition()
                          ? Fault.DUPLICATE_WITHIN_PARTITION
                          : Fault.DUPLICATE_ACROSS_PARTITIONS));
      seen.add(entry);
    }
    if (scenario.isExpiring()) {
      counts.add(Fault.EXPIRY);
    }
  }

  private boolean hasExpiredItems() {
    return clocks.hasExpiredItems();
  }

  VirtualTime time() {
    return time;
  }

  Scenario scenario() {
    return scenario;
  }

  SimulatedTables tables() {
    return tables;
  }

  Releases releases() {
    return releases;
  }

  Clocks clocks() {
    return clocks;
  }

  Bill bill() {
    return bill;
  }

  Processes processes() {
    return processes;
  }

  Checks checks() {
    return checks;
  }

  long seconds() {
    return Duration.between(VirtualTime.DEFAULT_START, time.now()).toSeconds();
  }

  /** The events that were rejected, and whose records all are still there. */
  List<Event> replayed() {
    List<Event> events =
        new ArrayList<>(rejected.stream().map(Log.Entry::event).distinct().toList());
    for (Log.Entry entry : scenario.log().all()) {
      if (scenario.log().isCompacted(entry)) {
        events.remove(entry.event());
      }
    }
    return events;
  }

  /**
   * Whether an event's dead letter was replayed and found the entry of a record of other content,
   * which nobody owns any more: a claim that landed late. See docs/protocol-models.md.
   */
  boolean isDeadLetteredAgain(Event event) {
    return deadLetteredAgain.contains(event)
        && scenario.log().all().stream()
            .anyMatch(entry -> entry.event().equals(event) && entry.content() > 0);
  }

  List<Log.Entry> deadLetters() {
    return deadLetters;
  }

  void deadLetter(Log.Entry entry, String reason, int mapper) {
    trace.accept(seconds() + " s: " + entry.source() + " dead-lettered: " + reason);
    deadLetters.add(entry);
    if (reason.equals("REJECTED")) {
      rejected.add(entry);
    }
  }

  void commit(SimulatedService process, int partition, int position) {
    if (position < scenario.log().committed(partition)) {
      counts.add(Fault.ZOMBIE_COMMIT);
    }
    trace(process, "commits " + partition + " at " + position);
    scenario.log().commit(partition, position);
  }

  void trace(SimulatedService process, String step) {
    trace.accept(
        time.now() + " " + Integer.toHexString(System.identityHashCode(process)) + ": " + step);
  }

  @Override
  public String toString() {
    return "seed " + seed + ": " + scenario;
  }
}
