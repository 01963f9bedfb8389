package dev.sluice.model;

import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A partition key that its table, or an index of it, throttles more often than others, and that is
 * therefore sent no more than it turns out to take. More capacity does not help such a key: no
 * partition takes more than 1,000 write units a second. Sharding does ({@code KeySharder}).
 *
 * @param table its table
 * @param index the global secondary index that it is a partition key of; empty for the table itself
 * @param partitionKey the key as it is there, with its suffix if the table is sharded
 * @param unitsPerSecond the write units a second that it is sent now
 * @param admittedUnits write units that it was let through since it was found to be hot
 * @param throttledUnits write units of it that were throttled since then
 * @param waiting how many effects wait for it
 */
public record HotKey(
    String table,
    String index,
    AttributeValue partitionKey,
    double unitsPerSecond,
    long admittedUnits,
    long throttledUnits,
    int waiting) {

  /** {@return all but the key, which is not for logs} */
  @Override
  public String toString() {
    return "HotKey["
        + table
        + (index.isEmpty() ? "" : "/" + index)
        + ": "
        + Math.round(unitsPerSecond)
        + " units/s, admitted "
        + admittedUnits
        + ", throttled "
        + throttledUnits
        + ", waiting "
        + waiting
        + ']';
  }
}
