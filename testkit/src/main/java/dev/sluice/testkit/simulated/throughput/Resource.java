package dev.sluice.testkit.simulated.throughput;

import org.jspecify.annotations.Nullable;

/**
 * What units are spent on, and what has limits of its own: a table, or a global index of it.
 *
 * @param table the table's name
 * @param index the global index's name, or null for the table itself
 */
public record Resource(String table, @Nullable String index) {

  /** {@return the table itself} */
  public static Resource ofTable(String table) {
    return new Resource(table, null);
  }

  String arn() {
    String own = "arn:aws:dynamodb:eu-central-1:000000000000:table/" + table;
    return index == null ? own : own + "/index/" + index;
  }
}
