package dev.sluice.simulation;

import dev.sluice.model.Duplicates;
import dev.sluice.model.Mode;
import dev.sluice.testkit.simulated.client.Mishaps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * What one run is made of, drawn from its seed.
 *
 * @param mode the writers' mode
 * @param maxTransactionEvents how many events share a transaction
 * @param workers how many processes there are at a time
 * @param log the records
 * @param events the events
 * @param retention how long claims are kept
 * @param duplicates what is done with duplicates
 * @param claimMemory how many entries a writer remembers
 * @param faultProbability how often a request goes wrong
 * @param prompt whether every request is answered, well or badly, at once: then no write may fail
 *     as unknown
 * @param orphaning whether all is drawn towards claims that nobody owns: claims that land late,
 *     records that are rejected, processes that die between two steps of giving a record up
 * @param disasters how many processes die or lose partitions
 * @param skewed whether clocks are off
 * @param mapperChanges whether a later process maps records in another way
 * @param seconds how long records are published for
 * @param pacing how fast may be written
 * @param indexAt when the index is added that rejects poison, in milliseconds from the start
 * @param resharding how later processes shard
 */
record Scenario(
    Mode mode,
    int maxTransactionEvents,
    int workers,
    Log log,
    List<Event> events,
    Duration retention,
    Duplicates duplicates,
    int claimMemory,
    double faultProbability,
    boolean prompt,
    boolean orphaning,
    int disasters,
    boolean skewed,
    boolean mapperChanges,
    long seconds,
    Pacing pacing,
    long indexAt,
    Resharding resharding) {

  // The default is run as often as the others together.
  private static final List<Mode> MODES =
      List.of(Mode.LEDGER, Mode.LEDGER, Mode.KEYED, Mode.TRANSACTIONAL);
  private static final int ENTITIES = 3;
  private static final long BURST_SECONDS = 120;
  private static final int BURSTS = 5;
  private static final int RUSH = 61;
  // So few that an unbroken row of them until a write's deadline does not happen.
  private static final double PROMPT_FAULTS = 0.1;
  private static final double LATE_CLAIMS = 0.35;

  /** {@return whether claims expire while the run goes on} */
  boolean isExpiring() {
    return retention.toSeconds() < BURST_SECONDS;
  }

  /** {@return how long a process that has nothing to do waits before it looks again} */
  long idleMillis() {
    return isExpiring() ? 2_000 : 200;
  }

  /** Draws for how long the partitions of a process that died have no owner. */
  long ownerlessMillis(RandomGenerator random) {
    // Where claims expire, some stay uncared for until they have.
    return random.nextInt(isExpiring() ? 100_000 : orphaning ? 30_000 : 3_000);
  }

  /** {@return how requests fare} */
  Mishaps weather() {
    if (orphaning) {
      return Weather.lateClaims(faultProbability);
    }
    return faultProbability > 0 ? Weather.bad(faultProbability, prompt) : Weather.calm();
  }

  /** {@return whether requests go wrong, and not only processes} */
  boolean hasFaultyRequests() {
    return faultProbability > 0 || pacing.isLimited();
  }

  /** {@return whether a write may fail as unknown} */
  boolean mayEndUnknown() {
    return !prompt || pacing.isSlow();
  }

  /** Draws when a disaster happens, in milliseconds from the start. */
  long disasterAt(RandomGenerator random) {
    return isExpiring()
        ? 1000 * BURST_SECONDS * random.nextInt(BURSTS) + random.nextInt(3_000)
        : random.nextLong(seconds * 1000 + 5_000);
  }

  /** {@return whether nothing can land late, and one process reads one partition} */
  boolean keepsOrder() {
    return mode != Mode.KEYED
        && !mayEndUnknown()
        && disasters == 0
        && log.partitionCount() == 1
        && duplicates == Duplicates.DROP;
  }

  /**
   * {@return whether records may be compacted away} Where there is no time between claim and
   * effect, or duplicates are applied again, none of them is missed.
   */
  boolean isCompacting() {
    return mode != Mode.LEDGER || duplicates == Duplicates.REAPPLY;
  }

  static Scenario draw(
      RandomGenerator random, Pacing pacing, Origin origin, Resharding resharding) {
    Mode mode = MODES.get(random.nextInt(MODES.size()));
    boolean keyed = mode == Mode.KEYED;
    boolean expiring = !keyed && random.nextInt(5) == 0;
    boolean orphaning = !keyed && !expiring && random.nextInt(5) == 0;
    boolean mapperChanges = !keyed && !expiring && !orphaning && random.nextInt(10) == 0;
    Log log = new Log(orphaning ? 2 + random.nextInt(2) : 1 + random.nextInt(3), origin);
    long seconds = expiring ? BURST_SECONDS * BURSTS : 5 + random.nextInt(30);
    List<Event> events = new ArrayList<>();
    List<Draft> drafts = new ArrayList<>();
    Map<Integer, Long> versions = new HashMap<>();
    int count = 3 + random.nextInt(20);
    for (int i = 0; i < count; i++) {
      Event event = event(random, mode, i, versions, expiring ? 0 : orphaning ? 0.3 : 0.07);
      events.add(event);
      // Where claims expire, records come in bursts, so that a disaster soon after one hits some.
      long at = expiring ? BURST_SECONDS * random.nextInt(BURSTS) : random.nextLong(seconds);
      int home = random.nextInt(log.partitionCount());
      drafts.add(new Draft(home, event, 0, at));
      Repeats repeats = new Repeats(orphaning ? 2 : seconds, expiring || mapperChanges, !keyed);
      repeats.add(random, log, drafts, drafts.get(drafts.size() - 1));
    }
    if (pacing.isSpread() && !expiring && !orphaning) {
      rush(random, events, drafts, versions, log);
    }
    double faultProbability = random.nextInt(4) == 0 ? 0 : random.nextDouble() * 0.4;
    faultProbability = orphaning ? LATE_CLAIMS : faultProbability;
    boolean prompt = faultProbability < PROMPT_FAULTS;
    Collections.shuffle(drafts, new Random(random.nextLong()));
    drafts.sort((a, b) -> Long.compare(a.at, b.at));
    drafts.forEach(draft -> log.publish(draft.partition, draft.event, draft.content, draft.at));
    return new Scenario(
        mode,
        mode == Mode.TRANSACTIONAL && random.nextBoolean() ? 2 + random.nextInt(6) : 1,
        orphaning ? 2 + random.nextInt(2) : 1 + random.nextInt(3),
        log,
        events,
        expiring ? Duration.ofMinutes(1) : Duration.ofDays(14),
        mode != Mode.TRANSACTIONAL && !orphaning && random.nextInt(4) == 0
            ? Duplicates.REAPPLY
            : Duplicates.DROP,
        random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(20),
        faultProbability,
        prompt,
        orphaning,
        random.nextInt(6),
        random.nextInt(4) == 0,
        mapperChanges,
        seconds,
        pacing,
        random.nextInt(3) == 0 ? random.nextLong(seconds * 1000) : 0,
        resharding);
  }

  private record Draft(int partition, Event event, int content, long at) {}

  /** Much at once, and more of it on one partition key than that takes: it is hot. */
  private static void rush(
      RandomGenerator random,
      List<Event> events,
      List<Draft> drafts,
      Map<Integer, Long> versions,
      Log log) {
    for (int i = 0; i < RUSH; i++) {
      Event.Shape shape =
          switch (random.nextInt(8)) {
            case 0 -> Event.Shape.ENTITY;
            case 1, 2 -> Event.Shape.CREATE_CROWDED;
            default -> Event.Shape.CREATE;
          };
      long version = shape == Event.Shape.ENTITY ? versions.merge(0, 1L, Long::sum) : 0;
      Event event = new Event("e" + events.size(), shape, 0, version, false);
      events.add(event);
      drafts.add(new Draft(random.nextInt(log.partitionCount()), event, 0, 0));
    }
  }

  private static Event event(
      RandomGenerator random,
      Mode mode,
      int number,
      Map<Integer, Long> versions,
      double poisonous) {
    List<Event.Shape> shapes = Event.Shape.of(mode);
    Event.Shape shape = shapes.get(random.nextInt(shapes.size()));
    int entity = random.nextInt(ENTITIES);
    long version = versions.merge(entity, 1L, Long::sum);
    boolean poison =
        shape != Event.Shape.ENTITY
            && shape != Event.Shape.DELETE
            && shape != Event.Shape.PUT_LAST
            && shape != Event.Shape.COUNT
            && random.nextDouble() < poisonous;
    return new Event("e" + number, shape, entity, version, poison);
  }

  /**
   * How an event comes again.
   *
   * @param seconds within how long
   * @param plainOnly whether only what bears it comes again: once a claim has expired its event
   *     counts as new, and only a create at its own key bears that
   * @param reusing whether an id may come with other content
   */
  private record Repeats(long seconds, boolean plainOnly, boolean reusing) {
    void add(RandomGenerator random, Log log, List<Draft> drafts, Draft first) {
      if (plainOnly && first.event.shape() != Event.Shape.CREATE) {
        return;
      }
      while (random.nextInt(3) == 0) {
        int partition =
            random.nextInt(3) == 0 ? random.nextInt(log.partitionCount()) : first.partition;
        int content = reusing && !plainOnly && random.nextInt(12) == 0 ? 1 : 0;
        drafts.add(new Draft(partition, first.event, content, first.at + random.nextLong(seconds)));
      }
    }
  }
}
