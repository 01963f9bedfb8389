package dev.sluice.testkit.simulated.throughput;

/** Read units and write units are limited apart from each other. */
public enum UnitKind {
  /** Read units. */
  READ("Read"),
  /** Write units. */
  WRITE("Write");

  private final String word;

  UnitKind(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }
}
