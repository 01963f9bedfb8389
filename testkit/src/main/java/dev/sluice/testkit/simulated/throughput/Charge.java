package dev.sluice.testkit.simulated.throughput;

/**
 * Units that an operation needs.
 *
 * @param table the table's name
 * @param partitionKey the partition key that they are spent on
 * @param kind read or write units
 * @param units how many
 */
public record Charge(String table, Object partitionKey, UnitKind kind, double units) {}
