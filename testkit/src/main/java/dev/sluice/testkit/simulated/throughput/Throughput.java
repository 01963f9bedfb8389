package dev.sluice.testkit.simulated.throughput;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What a table can take. Immutable.
 *
 * <p>The partitions' limits are those of "Partitions and data distribution" in the developer guide:
 * 1,000 write units and 3,000 read units a second each. Burst credit is 300 seconds of unused
 * capacity ("Burst and adaptive capacity"); here each partition and the table have it, all start
 * with it whole, and a partition with credit left may exceed its rate. Set the burst to one second
 * where a hard ceiling is wanted.
 *
 * @param mode how the table is paid for, which decides the kind of its throttles
 * @param partitions over how many partitions the keys are spread, by a hash of the partition key
 * @param partitionWriteUnits write units a second of each partition
 * @param partitionReadUnits read units a second of each partition
 * @param tableWriteUnits write units a second of the table; infinity is no limit
 * @param tableReadUnits read units a second of the table; infinity is no limit
 * @param burst how much unused capacity is kept
 */
public record Throughput(
    Mode mode,
    int partitions,
    double partitionWriteUnits,
    double partitionReadUnits,
    double tableWriteUnits,
    double tableReadUnits,
    Duration burst) {

  /** How a table is paid for. */
  public enum Mode {
    /** A rate is bought: throttles are {@code ProvisionedThroughputExceededException}. */
    PROVISIONED,
    /** Each request is paid: throttles are {@code ThrottlingException}. */
    ON_DEMAND
  }

  private static final double PARTITION_WRITES = 1000;
  private static final double PARTITION_READS = 3000;
  private static final Duration BURST = Duration.ofMinutes(5);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if a rate, the burst or the number of partitions is not above
   *     zero
   */
  public Throughput {
    requireNonNull(mode, "mode");
    requireNonNull(burst, "burst");
    if (partitions < 1 || burst.isNegative() || burst.isZero()) {
      throw new IllegalArgumentException(
          "partitions and burst must be above zero but are " + partitions + " and " + burst);
    }
    if (!(partitionWriteUnits > 0
        && partitionReadUnits > 0
        && tableWriteUnits > 0
        && tableReadUnits > 0)) {
      throw new IllegalArgumentException("every rate must be above zero");
    }
  }

  /**
   * Says where a key is.
   *
   * @param partitionKey as in {@code ItemKey}
   * @return which of the partitions has it, from 0
   */
  public int partitionOf(Object partitionKey) {
    // Spread the bits: a String's hash code hardly differs for keys that hardly differ.
    int hash = partitionKey.hashCode() * 0x9E3779B9;
    hash = (hash ^ (hash >>> 15)) * 0x85EBCA6B;
    return Math.floorMod(hash ^ (hash >>> 13), partitions);
  }

  /** {@return an on-demand table of so many partitions, without a limit of its own} */
  public static Throughput onDemand(int partitions) {
    double none = Double.POSITIVE_INFINITY;
    return new Throughput(
        Mode.ON_DEMAND, partitions, PARTITION_WRITES, PARTITION_READS, none, none, BURST);
  }

  /** {@return a provisioned table of so many partitions and units a second} */
  public static Throughput provisioned(int partitions, double writeUnits, double readUnits) {
    return new Throughput(
        Mode.PROVISIONED,
        partitions,
        PARTITION_WRITES,
        PARTITION_READS,
        writeUnits,
        readUnits,
        BURST);
  }

  /** {@return the same with another limit for the table, in units a second} */
  public Throughput withTableUnits(double writeUnits, double readUnits) {
    return new Throughput(
        mode, partitions, partitionWriteUnits, partitionReadUnits, writeUnits, readUnits, burst);
  }

  /** {@return the same with another limit for each partition, in units a second} */
  public Throughput withPartitionUnits(double writeUnits, double readUnits) {
    return new Throughput(
        mode, partitions, writeUnits, readUnits, tableWriteUnits, tableReadUnits, burst);
  }

  /** {@return the same with another burst credit} */
  public Throughput withBurst(Duration credit) {
    return new Throughput(
        mode,
        partitions,
        partitionWriteUnits,
        partitionReadUnits,
        tableWriteUnits,
        tableReadUnits,
        credit);
  }

  double partitionUnits(UnitKind kind) {
    return kind == UnitKind.WRITE ? partitionWriteUnits : partitionReadUnits;
  }

  double tableUnits(UnitKind kind) {
    return kind == UnitKind.WRITE ? tableWriteUnits : tableReadUnits;
  }

  double burstSeconds() {
    return burst.toNanos() / 1e9;
  }
}
