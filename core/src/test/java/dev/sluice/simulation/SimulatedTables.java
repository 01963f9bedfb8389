package dev.sluice.simulation;

import dev.sluice.fake.FakeDynamoDb;
import dev.sluice.model.LedgerTable;
import dev.sluice.testkit.time.VirtualTime;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The tables of one run, seen by the workers as a service and by the checks as they are. */
final class SimulatedTables {
  static final String LEDGER = "ledger";
  static final String PLAIN = "plain";
  static final String SHARDED = "sharded";

  private final FakeDynamoDb dynamo;
  private final Faults faults;
  private final RandomGenerator random;

  SimulatedTables(VirtualTime time, Faults faults) {
    this.faults = faults;
    this.random = time.random();
    this.dynamo =
        new FakeDynamoDb(time.scheduler())
            .table(LEDGER, LedgerTable.PARTITION_KEY)
            .table(PLAIN, "pk", "sk")
            .table(SHARDED, "pk");
  }

  /** A client for one process. */
  FakeDynamoDb connect() {
    FakeDynamoDb client = dynamo.another();
    client.weather(faults::fate);
    client.refuse(Event.POISON);
    return client;
  }

  /** The process behind a client dies; some of what it has sent lands all the same. */
  void crash(FakeDynamoDb client) {
    boolean lands = random.nextBoolean();
    if (lands) {
      faults.fired(Faults.Kind.LANDS_AFTER_CRASH);
    }
    client.crash(lands ? 0.5 : 0, random);
  }

  List<Map<String, AttributeValue>> items(String table) {
    return dynamo.items(table);
  }

  void put(Map<String, AttributeValue> item) {
    dynamo.putDirectly(PLAIN, item);
  }

  /** What the service's TTL does, days late: deletes entries that expired before a time. */
  void deleteExpired(long beforeSeconds) {
    int deleted =
        dynamo.deleteWhere(
            LEDGER, item -> Long.parseLong(item.get(LedgerTable.EXPIRY).n()) < beforeSeconds);
    if (deleted > 0) {
      faults.fired(Faults.Kind.ENTRY_DELETED_BY_TTL);
    }
  }
}
