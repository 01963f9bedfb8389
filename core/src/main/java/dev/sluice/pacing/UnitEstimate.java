package dev.sluice.pacing;

/**
 * What the writes of one table really take, beside what their sizes say: index writes and larger
 * items that they replace are charged too. Learned from what the service reports; a running average
 * over the last two dozen requests or so. Not safe for use by several threads.
 */
public final class UnitEstimate {
  private static final double WEIGHT = 1.0 / 16;
  private static final double MOST = 100; // a table with its 20 indexes, and room to spare

  private double factor = 1;

  /** Creates an estimate that goes by sizes alone. */
  public UnitEstimate() {}

  /**
   * What is to be expected.
   *
   * @param bySize write units by the items' sizes
   * @return write units
   */
  public double of(double bySize) {
    return bySize * factor;
  }

  /**
   * What may be expected to take so much.
   *
   * @param units write units
   * @return write units by the items' sizes
   */
  public double bySize(double units) {
    return units / factor;
  }

  /**
   * Learns from a request.
   *
   * @param bySize write units by the items' sizes, above zero
   * @param consumed write units that the service reported for them
   */
  public void learn(double bySize, double consumed) {
    double seen = Math.min(MOST, consumed / bySize);
    factor += WEIGHT * (seen - factor);
  }
}
