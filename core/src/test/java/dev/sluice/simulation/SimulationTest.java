package dev.sluice.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * The same seeds in every build, fresh ones in {@code mvn -Pfull verify}. {@code
 * -Dsluice.sim.seed=N -Dsluice.sim.count=1} replays one with a trace.
 */
class SimulationTest {
  private static final int COUNT = Integer.getInteger("sluice.sim.count", 2_000);

  @Test
  void everyPromiseHoldsUnderEverySeed() {
    long first =
        Long.getLong(
            "sluice.sim.seed",
            Boolean.getBoolean("sluice.full") ? ThreadLocalRandom.current().nextLong(1L << 40) : 0);
    Map<Faults.Kind, Long> counters = Faults.counters();
    System.out.println("simulation: -Dsluice.sim.seed=" + first + " -Dsluice.sim.count=" + COUNT);
    for (long seed = first; seed < first + COUNT; seed++) {
      Simulation.run(seed, counters, COUNT == 1 ? System.out::println : step -> {});
    }
    System.out.println("  " + counters);
    if (COUNT >= 1_000) {
      for (Faults.Kind kind : Faults.Kind.values()) {
        assertThat(counters).as("a fault that never happened").containsKey(kind);
      }
    }
  }
}
