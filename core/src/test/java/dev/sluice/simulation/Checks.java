package dev.sluice.simulation;

import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What must hold, read from the tables and the dead letters alone. */
final class Checks {
  private final Simulation simulation;
  private BrokenPromise first;

  Checks(Simulation simulation) {
    this.simulation = simulation;
  }

  void require(boolean holds, String otherwise) {
    if (!holds) {
      fail(otherwise);
    }
  }

  void fail(String what) {
    throw failLater(what);
  }

  /** Fails at the end, where what is thrown now would be caught by nobody. */
  BrokenPromise failLater(String what) {
    BrokenPromise failure = new BrokenPromise("after " + simulation.seconds() + " s: " + what);
    // The writer guards itself against what listeners and metrics throw, and so hides this one.
    first = first == null ? failure : first;
    return failure;
  }

  boolean hasFailed() {
    return first != null;
  }

  /** Throws what was found first, wherever that was. */
  void rethrow() {
    if (first != null) {
      throw first;
    }
  }

  /** Nothing is acknowledged that is not durable. */
  void acknowledged(Log.Entry entry, Outcome outcome, int mapper) {
    Event event = entry.event();
    boolean isAnothers = outcome instanceof Outcome.Duplicate;
    if (isAnothers && simulation.scenario().mode() != Mode.TRANSACTIONAL) {
      return;
    }
    if (event.hasOwnItem()) {
      require(
          !ownItems(event).isEmpty(), event.id() + " was acknowledged and its item is not there");
    }
    if (event.hasShardedItem()) {
      require(
          !shardedItems(event).isEmpty(),
          event.id() + " was acknowledged and its sharded item is not there");
    }
    if (event.changesEntity()) {
      require(
          entityVersion(event) >= event.version(),
          event.id() + " was acknowledged and its entity is older");
    }
    if (event.counts()) {
      require(count(event) == 1, event.id() + " was acknowledged and counts " + count(event));
    }
  }

  /** Nothing is rejected but what the tables reject, and what is there is said to be. */
  void rejected(Log.Entry entry, boolean partial) {
    Event event = entry.event();
    require(event.poison(), event.id() + " was rejected, and nothing is wrong with it");
    boolean isThere =
        (event.hasOwnItem() && holds(ownItems(event), entry.content()))
            || (event.hasShardedItem() && holds(shardedItems(event), entry.content()));
    // Where no claim is made, nothing rests on it.
    boolean isKnown = simulation.scenario().mode() != Mode.KEYED;
    require(partial || !isThere || !isKnown, event.id() + " is there, and is said not to be");
  }

  /** Another record may have put other content under the same id. */
  private static boolean holds(List<Map<String, AttributeValue>> items, int content) {
    return items.stream()
        .anyMatch(item -> item.get(Event.CONTENT).n().equals(Integer.toString(content)));
  }

  /** Nothing is called a conflict but what contradicts: each record has one write. */
  void contradicted(Log.Entry entry, Outcome.Conflict conflict) {
    boolean holds =
        switch (conflict.kind()) {
          case OTHER_CONTENT ->
              simulation.scenario().log().all().stream()
                  .anyMatch(
                      other ->
                          other.event().equals(entry.event())
                              && other.content() != entry.content());
          case MAPPING_CHANGED -> simulation.scenario().mapperChanges();
          case CONTENT_CHANGED -> false;
        };
    require(holds, entry.source() + " contradicts nothing, and ended as " + conflict);
  }

  /** At the end: every event once, at one key, or dead-lettered. */
  void everythingInItsPlace() {
    Set<String> deadLettered = new HashSet<>();
    simulation.deadLetters().forEach(letter -> deadLettered.add(letter.event().id()));
    for (Event event : simulation.scenario().events()) {
      boolean excused = deadLettered.contains(event.id());
      if (event.hasOwnItem()) {
        count(event, "item", ownItems(event), excused);
      }
      if (event.hasShardedItem()) {
        count(event, "sharded item", shardedItems(event), excused);
      }
      if (event.counts()) {
        int count = count(event);
        require(count == 1 || (count == 0 && excused), event.id() + " counts " + count);
      }
      if (event.shape() == Event.Shape.DELETE) {
        require(!isThere("doomed-" + event.id()) || excused, event.id() + " did not delete");
      }
      if (event.changesEntity()) {
        require(
            entityVersion(event) >= event.version() || excused,
            event.id() + " is missing from its entity");
      }
    }
  }

  /** Counters that several events share: each event is in both of its own, or in none. */
  void sumsAreOfWhatWasCounted() {
    Map<String, Integer> expected = new HashMap<>();
    for (Event event : simulation.scenario().events()) {
      if (event.counts()) {
        expected.merge(event.sumKey(), count(event), Integer::sum);
      }
    }
    expected.forEach(
        (key, sum) -> require(counter(key) == sum, key + " is " + counter(key) + ", not " + sum));
  }

  private int count(Event event) {
    return counter(event.countedKey(0)) + counter(event.countedKey(1));
  }

  private int counter(String key) {
    for (Map<String, AttributeValue> item : simulation.tables().items(SimulatedTables.PLAIN)) {
      if (item.get("pk").s().equals(key)) {
        return Integer.parseInt(item.get(Event.COUNT).n());
      }
    }
    return 0;
  }

  /** Order by key, where nothing lands late in one live writer: what was published last stands. */
  void lastOfEachKeyStands() {
    if (!simulation.scenario().keepsOrder()) {
      return;
    }
    Map<String, String> last = new HashMap<>();
    Set<String> seen = new HashSet<>();
    for (Log.Entry entry : simulation.scenario().log().all()) {
      Event event = entry.event();
      if (event.shape() == Event.Shape.PUT_LAST && seen.add(event.id())) {
        last.put(event.lastKey(), event.id());
      }
    }
    for (Map<String, AttributeValue> item : simulation.tables().items(SimulatedTables.PLAIN)) {
      if (item.containsKey(Event.BY)) {
        String key = item.get("pk").s();
        require(
            item.get(Event.BY).s().equals(last.get(key)),
            key + " is by " + item.get(Event.BY).s() + " and not by " + last.get(key));
      }
    }
  }

  /**
   * Content that is not the one that stands was dead-lettered, by the record itself or by the one
   * that it repeats, and not dropped.
   */
  void reusedIdsAreAccountedFor() {
    for (Log.Entry entry : simulation.scenario().log().all()) {
      Event event = entry.event();
      List<Map<String, AttributeValue>> items =
          event.hasShardedItem() ? shardedItems(event) : ownItems(event);
      if (items.size() == 1 && !simulation.scenario().log().isCompacted(entry)) {
        int stands = Integer.parseInt(items.get(0).get(Event.CONTENT).n());
        require(
            stands == entry.content() || isDeadLettered(event, entry.content()),
            entry.source() + " has other content than stands, and was dropped");
      }
    }
  }

  private boolean isDeadLettered(Event event, int content) {
    return simulation.deadLetters().stream()
        .anyMatch(letter -> letter.event().equals(event) && letter.content() == content);
  }

  /** What it cost, where no request went wrong. */
  void writeUnits(Bill bill) {
    if (simulation.scenario().hasFaultyRequests() || simulation.clocks().mayBeSet()) {
      return;
    }
    SimulatedTables tables = simulation.tables();
    bill.check(
        tables.writeUnits(SimulatedTables.LEDGER),
        tables.writeUnits(SimulatedTables.PLAIN) + tables.writeUnits(SimulatedTables.SHARDED),
        this);
  }

  private void count(
      Event event, String what, List<Map<String, AttributeValue>> items, boolean excused) {
    require(items.size() <= 1, event.id() + " has its " + what + " " + items.size() + " times");
    require(items.size() == 1 || excused, event.id() + " has lost its " + what);
  }

  /** After the replay of dead letters: what had been rejected is in its place too. */
  void nothingMissing() {
    for (Event event : simulation.replayed()) {
      boolean excused = simulation.isDeadLetteredAgain(event);
      if (event.hasShardedItem()) {
        countReplayed(event, shardedItems(event).size(), excused);
      } else if (event.hasOwnItem()) {
        countReplayed(event, ownItems(event).size(), excused);
      }
    }
  }

  private void countReplayed(Event event, int count, boolean excused) {
    require(
        count == 1 || (count == 0 && excused),
        event.id() + " is there " + count + " times after the replay");
  }

  private List<Map<String, AttributeValue>> ownItems(Event event) {
    return itemsOf(SimulatedTables.PLAIN, event);
  }

  private List<Map<String, AttributeValue>> shardedItems(Event event) {
    return itemsOf(SimulatedTables.SHARDED, event);
  }

  private List<Map<String, AttributeValue>> itemsOf(String table, Event event) {
    List<Map<String, AttributeValue>> found = new ArrayList<>();
    for (Map<String, AttributeValue> item : simulation.tables().items(table)) {
      AttributeValue id = item.get(Event.EVENT);
      if (id != null && id.s().equals(event.id())) {
        found.add(item);
      }
    }
    return found;
  }

  private boolean isThere(String pk) {
    return simulation.tables().items(SimulatedTables.PLAIN).stream()
        .anyMatch(item -> item.get("pk").s().equals(pk));
  }

  private long entityVersion(Event event) {
    Map<String, Long> versions = new HashMap<>();
    for (Map<String, AttributeValue> item : simulation.tables().items(SimulatedTables.PLAIN)) {
      if (item.containsKey("version")) {
        versions.put(item.get("pk").s(), Long.parseLong(item.get("version").n()));
      }
    }
    return versions.getOrDefault(event.entityKey(), Long.MIN_VALUE);
  }

  /** A promise that did not hold. */
  static final class BrokenPromise extends AssertionError {
    BrokenPromise(String message) {
      super(message);
    }
  }
}
