package dev.sluice.kafka.planted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kafka.simulation.SimulationRange;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The simulation catches every planted bug within {@value #SEEDS} seeds. Run by {@code mvn -Pfull
 * verify}; a line for each bug says how many seeds it took. {@code -Dsluice.planted=REGEX} picks
 * bugs by the names of their files.
 */
@EnabledIfSystemProperty(named = "sluice.full", matches = "true")
class PlantedBugsIT {
  private static final int SEEDS = 10_000;
  private static final long FIRST_SEED = Long.getLong("sluice.planted.seed", 1_000_000);

  static Stream<PlantedBug> bugs() throws IOException {
    return PlantedBug.all(System.getProperty("sluice.planted", "")).stream();
  }

  @Test
  void theSoundConsumerSurvivesTheSameSeeds() {
    assertThat(SimulationRange.firstFailure(FIRST_SEED, SEEDS)).isNull();
  }

  @ParameterizedTest
  @MethodSource("bugs")
  void isCaught(PlantedBug bug) throws Exception {
    String failure = MutatedLoop.firstFailure(bug, FIRST_SEED, SEEDS);

    System.out.println("planted: " + bug + " | " + failure);
    assertThat(failure).as("the failing seed").isNotNull();
  }
}
