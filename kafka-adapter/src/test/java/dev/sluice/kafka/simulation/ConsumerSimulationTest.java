package dev.sluice.kafka.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.seeds.FaultCounts;
import dev.sluice.testkit.simulated.client.Fate;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * Fresh seeds in every build. {@code -Dsluice.sim.seed=N -Dsluice.sim.count=1} replays one with a
 * trace.
 */
class ConsumerSimulationTest {
  private static final int COUNT = Integer.getInteger("sluice.sim.count", 1_000);

  @Test
  void everyPromiseHoldsUnderEverySeed() {
    long first = Long.getLong("sluice.sim.seed", ThreadLocalRandom.current().nextLong(1L << 40));
    FaultCounts counts = FaultCounts.of(Fault.values());
    System.out.println(
        "consumer simulation: -Dsluice.sim.seed=" + first + " -Dsluice.sim.count=" + COUNT);
    for (long seed = first; seed < first + COUNT; seed++) {
      Simulation.run(seed, counts, COUNT == 1 ? System.out::println : Simulation.NO_TRACE);
    }
    System.out.println("  " + counts);
    if (COUNT >= 1_000) {
      List<String> leftOut = Weather.STOPPING.stream().map(Fate::name).toList();
      assertThat(counts.missing())
          .as("what never went wrong")
          .containsExactlyInAnyOrderElementsOf(leftOut);
    }
  }
}
