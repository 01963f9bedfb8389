package dev.sluice.simulation;

import dev.sluice.model.LedgerTable;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.seeds.FaultCounts;
import dev.sluice.testkit.simulated.client.Mishaps;
import dev.sluice.testkit.simulated.client.SimulatedDynamoDbClient;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import dev.sluice.testkit.simulated.throughput.Throughput;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateTimeToLiveRequest;

/** The tables of one run, seen by the workers as a service and by the checks as they are. */
final class SimulatedTables {
  static final String LEDGER = "ledger";
  static final String SCOPE = "simulation";
  static final String PLAIN = "plain";
  static final String SHARDED = "sharded";
  static final String UNTIL = "until";

  /** An index by this attribute rejects the items of poison events, until it is dropped. */
  private static final KeyAttribute INDEX_KEY = KeyAttribute.string(Event.POISON);

  private static final double STALE = 0.7;
  private static final Duration MOST_STALE = Duration.ofSeconds(20);

  private final SimulatedDynamoDb service;
  private final VirtualTime time;
  private final FaultCounts counts;
  private final List<SimulatedDynamoDbClient> clients = new ArrayList<>();
  private boolean indexed;
  private boolean mended;
  private Mishaps mishaps;

  SimulatedTables(VirtualTime time, Mishaps mishaps, FaultCounts counts) {
    this.time = time;
    this.mishaps = mishaps;
    this.counts = counts;
    this.service = SimulatedDynamoDb.create(time.random());
    service.staleReads(STALE, MOST_STALE);
    service.createTable(LEDGER, KeyAttribute.string(LedgerTable.PARTITION_KEY));
    service.createTable(PLAIN, KeyAttribute.string("pk"), KeyAttribute.number("sk"));
    service.createTable(SHARDED, KeyAttribute.string("pk"));
    var unused =
        service.execute(
            UpdateTimeToLiveRequest.builder()
                .tableName(LEDGER)
                .timeToLiveSpecification(
                    expiry -> expiry.attributeName(LedgerTable.EXPIRY).enabled(true))
                .build(),
            time.now());
    unused =
        service.execute(
            UpdateTimeToLiveRequest.builder()
                .tableName(PLAIN)
                .timeToLiveSpecification(expiry -> expiry.attributeName(UNTIL).enabled(true))
                .build(),
            time.now());
  }

  /** Whether poison in a transaction refuses it as a whole, or cancels it with a reason. */
  void refuseInvalidTransactions(boolean refuse) {
    service.refuseInvalidTransactions(refuse);
  }

  /** From now on poison is rejected, until that is mended. */
  void rejectPoison() {
    if (!indexed && !mended) {
      indexed = true;
      service.addIndexKey(PLAIN, INDEX_KEY);
      service.addIndexKey(SHARDED, INDEX_KEY);
    }
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

  /** From now on nothing goes wrong with requests. */
  void calm() {
    mishaps = Weather.calm();
    Pacing.TABLES.forEach(service::unlimit);
    clients.forEach(client -> client.mishaps(mishaps));
  }

  /** From now on the tables reject what is more than they take. */
  void limit(Throughput throughput) {
    for (String table : Pacing.TABLES) {
      service.limit(table, throughput, time.now());
    }
  }

  /** The cause for rejecting items is gone. */
  void mend() {
    mended = true;
    service.dropIndexKey(PLAIN, INDEX_KEY);
    service.dropIndexKey(SHARDED, INDEX_KEY);
  }

  /** {@return whether a record's claim stands} */
  boolean isClaimed(Event event, String source) {
    return service.items(LEDGER).stream()
        .anyMatch(
            entry ->
                entry.get(LedgerTable.PARTITION_KEY).s().equals(SCOPE + '#' + event.id())
                    && entry.get("src").s().equals(source));
  }

  List<Map<String, AttributeValue>> items(String table) {
    return service.items(table);
  }

  /** {@return the write units that a table has taken} */
  double writeUnits(String table) {
    return service.usage(table).writeUnits();
  }

  void put(Map<String, AttributeValue> item) {
    var unused =
        service.execute(PutItemRequest.builder().tableName(PLAIN).item(item).build(), time.now());
  }

  /** What the service's TTL does, days late: deletes entries that expired so many seconds ago. */
  void deleteExpired(long secondsAgo) {
    if (service.expire(LEDGER, time.now().minusSeconds(secondsAgo)) > 0) {
      counts.add(Fault.ENTRY_DELETED_BY_TTL);
    }
  }

  /** The same for items. */
  void deleteExpiredItems() {
    var unused = service.expire(PLAIN, time.now());
  }

  /** Adds what went wrong with requests to the counts. */
  void count() {
    clients.forEach(client -> counts.addAll(client.counts()));
    for (String table : Pacing.TABLES) {
      if (service.usage(table).throttledWriteUnits() > 0) {
        counts.add(Fault.TABLE_THROTTLED);
      }
    }
  }
}
