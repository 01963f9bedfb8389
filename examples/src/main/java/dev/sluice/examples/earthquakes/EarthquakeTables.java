package dev.sluice.examples.earthquakes;

import dev.sluice.model.LedgerTable;
import dev.sluice.shard.KeySharder;

/** The names and keys that the service, the demo and its checks agree on. */
final class EarthquakeTables {
  /** The data table: partition key {@value #NETWORK}, sort key {@value #TIME_AND_ID}. */
  static final String EARTHQUAKES = "earthquakes";

  static final String NETWORK = "net";
  static final String TIME_AND_ID = "at";

  static final LedgerTable LEDGER = LedgerTable.named("event-ledger").scope("earthquakes");

  /** Four networks report three quarters of all earthquakes: each is spread over eight keys. */
  static final KeySharder SHARDER = KeySharder.random(8);

  static final String TOPIC = "earthquakes";
  static final String DEAD_LETTERS = "earthquakes.dead-letters";
  static final String GROUP = "earthquake-service";
  static final int PARTITIONS = 3;

  private EarthquakeTables() {}
}
