package dev.sluice.kafka.simulation;

import dev.sluice.model.LedgerTable;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.seeds.FaultCounts;
import dev.sluice.testkit.simulated.client.Mishaps;
import dev.sluice.testkit.simulated.client.SimulatedDynamoDbClient;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import dev.sluice.testkit.time.VirtualTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The tables of one run, seen by the processes as a service and by the checks as they are. */
final class SimulatedTables {
  static final String LEDGER = "ledger";
  static final String SCOPE = "simulation";
  static final String PLAIN = "plain";
  static final String SHARDED = "sharded";

  private final SimulatedDynamoDb service;
  private final VirtualTime time;
  private final FaultCounts counts;
  private final List<SimulatedDynamoDbClient> clients = new ArrayList<>();
  private Mishaps mishaps;

  SimulatedTables(VirtualTime time, Mishaps mishaps, FaultCounts counts) {
    this.time = time;
    this.mishaps = mishaps;
    this.counts = counts;
    this.service = SimulatedDynamoDb.create(time.random());
    service.createTable(LEDGER, KeyAttribute.string(LedgerTable.PARTITION_KEY));
    service.createTable(PLAIN, KeyAttribute.string("pk"));
    service.createTable(SHARDED, KeyAttribute.string("pk"));
    // An index by this attribute refuses the items of poison events.
    service.addIndexKey(PLAIN, KeyAttribute.string(Event.POISON));
  }

  /** Whether poison in a transaction refuses it as a whole, or cancels it with a reason. */
  void refuseInvalidTransactions(boolean refuse) {
    service.refuseInvalidTransactions(refuse);
  }

  /** A client for one process. */
  SimulatedDynamoDbClient connect() {
    SimulatedDynamoDbClient client =
        new SimulatedDynamoDbClient(service, time.scheduler(), time.clock(), time.random());
    client.mishaps(mishaps);
    clients.add(client);
    return client;
  }

  /** The process behind a client dies; some of what it has sent lands all the same. */
  void crash(SimulatedDynamoDbClient client) {
    client.mishaps(mishaps.landingAfterCrash(time.random().nextBoolean() ? 0.5 : 0));
    client.crash();
  }

  /** From now on requests fare in another way. */
  void weather(Mishaps changed) {
    mishaps = changed;
    clients.forEach(client -> client.mishaps(changed));
  }

  /**
   * What the tables hold at a moment.
   *
   * @param items how many items each event has
   * @param versions how each entity is
   */
  record Contents(Map<String, Integer> items, Map<String, Long> versions) {
    /** {@return whether an event has taken effect, or a later one of its entity has} */
    boolean has(Event event) {
      return event.sharedItem() == null
          ? items.containsKey(event.id())
          : versions.getOrDefault(event.sharedItem(), Long.MIN_VALUE) >= event.version();
    }
  }

  Contents contents() {
    Map<String, Integer> found = new HashMap<>();
    Map<String, Long> versions = new HashMap<>();
    for (String table : List.of(PLAIN, SHARDED)) {
      for (Map<String, AttributeValue> item : service.items(table)) {
        if (item.containsKey(Event.VERSION)) {
          versions.put(item.get("pk").s(), Long.parseLong(item.get(Event.VERSION).n()));
          continue;
        }
        AttributeValue count = item.get(Event.COUNT);
        found.merge(
            item.get(Event.EVENT).s(),
            count == null ? 1 : Integer.parseInt(count.n()),
            Integer::sum);
      }
    }
    return new Contents(found, versions);
  }

  /** {@return the content that stands for each event that has one} */
  Map<String, Integer> contentByEvent() {
    Map<String, Integer> found = new HashMap<>();
    for (Map<String, AttributeValue> item : service.items(PLAIN)) {
      if (item.containsKey(Event.CONTENT)) {
        found.put(item.get(Event.EVENT).s(), Integer.parseInt(item.get(Event.CONTENT).n()));
      }
    }
    return found;
  }

  /** Adds what went wrong with requests to the counts. */
  void count() {
    clients.forEach(client -> counts.addAll(client.counts()));
  }
}
