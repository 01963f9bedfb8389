package dev.sluice.testkit.simulated.throughput;

import org.jspecify.annotations.Nullable;

/**
 * Units that an operation needs.
 *
 * @param resource what they are spent on
 * @param localIndex the local index that they are written to, which has no units of its own; else
 *     null
 * @param partitionKey the partition key that they are spent on, of the table or of its global index
 * @param kind read or write units
 * @param units how many
 */
public record Charge(
    Resource resource,
    @Nullable String localIndex,
    Object partitionKey,
    UnitKind kind,
    double units) {

  /** Units that a table itself needs. */
  public Charge(String table, Object partitionKey, UnitKind kind, double units) {
    this(Resource.ofTable(table), null, partitionKey, kind, units);
  }

  /** {@return the table's name} */
  public String table() {
    return resource.table();
  }
}
