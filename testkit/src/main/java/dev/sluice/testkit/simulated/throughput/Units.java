package dev.sluice.testkit.simulated.throughput;

/**
 * What an operation costs, by "Read and write operations" (capacity unit consumption) in the
 * developer guide. A transaction doubles each.
 */
public final class Units {

  private static final int WRITE_BLOCK = 1024;
  private static final int READ_BLOCK = 4096;

  private Units() {}

  /** {@return write units of an item: one for each 1 KB begun, and at least one} */
  public static double write(long bytes) {
    return Math.max(1, (bytes + WRITE_BLOCK - 1) / WRITE_BLOCK);
  }

  /** {@return read units: one for each 4 KB begun and at least one, half if not consistent} */
  public static double read(long bytes, boolean consistent) {
    double units = Math.max(1, (bytes + READ_BLOCK - 1) / READ_BLOCK);
    return consistent ? units : units / 2;
  }
}
