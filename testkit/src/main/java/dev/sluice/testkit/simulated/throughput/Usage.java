package dev.sluice.testkit.simulated.throughput;

/**
 * What was spent on a table so far.
 *
 * @param writeUnits write units, those of failed conditions included
 * @param readUnits read units
 * @param throttledWriteUnits write units of what was refused for its rate
 * @param throttledReadUnits read units of what was refused for its rate
 */
public record Usage(
    double writeUnits, double readUnits, double throttledWriteUnits, double throttledReadUnits) {

  /** Nothing. */
  public static final Usage NONE = new Usage(0, 0, 0, 0);

  Usage plus(UnitKind kind, double units, boolean throttled) {
    boolean write = kind == UnitKind.WRITE;
    return new Usage(
        writeUnits + (write && !throttled ? units : 0),
        readUnits + (!write && !throttled ? units : 0),
        throttledWriteUnits + (write && throttled ? units : 0),
        throttledReadUnits + (!write && throttled ? units : 0));
  }
}
