package dev.sluice.simulation;

import dev.sluice.testkit.seeds.FaultCounts;
import dev.sluice.testkit.seeds.SeedRecord;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Runs the seeds from 0 up to {@code -Dsluice.sim.to=N}, beginning where the record in the file
 * {@code -Dsluice.sim.record=FILE} ends, and brings the record up to date after each thousand: stop
 * it at any moment and start it again.
 */
@EnabledIfSystemProperty(named = "sluice.sim.to", matches = "\\d+")
class SimulationRecordTest {

  @Test
  void everyPromiseHoldsUnderEverySeedOfTheRange() throws IOException {
    FaultCounts counts = FaultCounts.of(Fault.values());
    Path file = Path.of(System.getProperty("sluice.sim.record", "target/simulation.properties"));
    new SeedRecord(file, "seeds of the writer's simulation, and what went wrong in them", counts)
        .runTo(
            Long.getLong("sluice.sim.to"),
            seed -> Simulation.run(seed, counts, step -> {}),
            System.out::println);
  }
}
