package dev.sluice.simulation;

import dev.sluice.IdempotentWriterBuilder;
import dev.sluice.flow.WriteBudget;
import dev.sluice.model.Mode;
import dev.sluice.testkit.simulated.throughput.Throughput;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * How fast the processes may write, and what the tables take.
 *
 * @param kind the kind of the tables' budgets
 * @param units write units a second of the budget, or at least of one that adapts
 * @param shared whether all processes share a table's budget; a process that is started anew has
 *     it, too
 * @param together whether all tables share one
 * @param maxInFlightBytes the bytes that a process's requests under way may have
 * @param partitions over how many partitions the keys of a table are spread; 0 if they take all
 * @param partitionUnits write units a second of each
 */
record Pacing(
    Kind kind,
    double units,
    boolean shared,
    boolean together,
    long maxInFlightBytes,
    int partitions,
    double partitionUnits) {

  /** What a budget is. */
  enum Kind {
    NONE,
    FIXED,
    ADAPTIVE
  }

  static final List<String> TABLES =
      List.of(SimulatedTables.PLAIN, SimulatedTables.SHARDED, SimulatedTables.LEDGER);

  private static final Pacing NONE = new Pacing(Kind.NONE, 0, false, false, Long.MAX_VALUE, 0, 0);

  /** With so much, no write of this simulation waits until its deadline. */
  private static final double PLENTY = 40;

  /** What the largest transaction takes of one partition. */
  private static final double LARGEST_TRANSACTION = 60;

  private static final double LARGEST_OF_ONE_EVENT = 8;

  /** So many that hardly any two keys share one. */
  private static final int MANY_PARTITIONS = 997;

  /** Draws one, from randomness of its own: what is drawn beside it stays what it was. */
  static Pacing draw(RandomGenerator random) {
    if (random.nextInt(3) > 0) {
      return NONE;
    }
    Kind kind = Kind.values()[random.nextInt(3)];
    boolean together = random.nextInt(3) == 0;
    // With less, claims that are made anew and again would leave nothing for effects.
    double little = (together ? 6 : 2) * (1 + random.nextDouble());
    double units = random.nextBoolean() ? PLENTY : little;
    int partitions =
        switch (random.nextInt(8)) {
          case 0 -> MANY_PARTITIONS;
          case 1, 2, 3 -> 1 + random.nextInt(3);
          default -> 0;
        };
    return new Pacing(
        kind,
        units,
        random.nextBoolean(),
        together,
        random.nextBoolean() ? 1 + random.nextInt(3_000) : Long.MAX_VALUE,
        partitions,
        (partitions == MANY_PARTITIONS ? 2 : 0.5) + 3 * random.nextDouble());
  }

  /** {@return whether nothing is as without it} */
  boolean isNone() {
    return equals(NONE);
  }

  /** {@return whether tables reject what is more than they take} */
  boolean isLimited() {
    return partitions > 0;
  }

  /** {@return whether a table takes much, but of one key as little as of any} */
  boolean isSpread() {
    return partitions == MANY_PARTITIONS;
  }

  /** {@return whether a write may wait until its deadline} */
  boolean isSlow() {
    return (isLimited() && !isSpread()) || (kind != Kind.NONE && units < PLENTY);
  }

  /** {@return whether what all processes write to a table together is bounded} */
  boolean isKeptByAll() {
    return kind == Kind.FIXED && shared;
  }

  /** {@return what a table takes} */
  Throughput throughput(Scenario scenario) {
    double largest = 2;
    if (scenario.mode() == Mode.TRANSACTIONAL) {
      boolean one = scenario.maxTransactionEvents() == 1;
      largest = one ? LARGEST_OF_ONE_EVENT : LARGEST_TRANSACTION;
    }
    return Throughput.onDemand(partitions)
        .withPartitionUnits(partitionUnits, 1_000)
        .withBurst(Duration.ofMillis(Math.round(1_000 * largest / partitionUnits)));
  }

  private WriteBudget budget(InstantSource clock) {
    WriteBudget budget =
        kind == Kind.FIXED
            ? WriteBudget.unitsPerSecond(units)
            : WriteBudget.between(units, 50 * units);
    return budget.withClock(clock);
  }

  /** Budgets for the tables, to be given to one process, or to all. */
  WriteBudget[] budgets(InstantSource clock) {
    WriteBudget[] budgets = new WriteBudget[TABLES.size()];
    for (int i = 0; kind != Kind.NONE && i < budgets.length; i++) {
      budgets[i] = together && i > 0 ? budgets[0] : budget(clock);
    }
    return budgets;
  }

  /** Tells a process's writer. */
  void apply(IdempotentWriterBuilder builder, WriteBudget[] budgets, Mode mode) {
    if (maxInFlightBytes < Long.MAX_VALUE) {
      builder.maxInFlightBytes(maxInFlightBytes);
    }
    for (int i = 0; kind != Kind.NONE && i < budgets.length; i++) {
      String table = TABLES.get(i);
      if (mode != Mode.KEYED || !table.equals(SimulatedTables.LEDGER)) {
        builder.writeBudget(table, budgets[i]);
      }
    }
  }
}
