package dev.sluice.planted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.simulation.SimulationRange;
import dev.sluice.testkit.planted.PlantedBug;
import dev.sluice.testkit.planted.PlantedCopy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The simulation catches every planted bug within {@value #SEEDS} seeds. Run by {@code mvn -Pfull
 * verify}; a line for each bug says how many seeds it took. {@code -Dsluice.planted=44,46} runs
 * these alone, {@code -Dsluice.planted=budget} those whose names have a match of that.
 */
@EnabledIfSystemProperty(named = "sluice.full", matches = "true")
class PlantedBugsIT {
  private static final int SEEDS = 30_000;
  private static final long FIRST_SEED = Long.getLong("sluice.planted.seed", 1_000_000);
  private static final Path SOURCES = Path.of("src", "main", "java");
  private static final Path CALLER = Path.of("src", "test", "java");

  /** The writer, and the caller that the simulation stands for. */
  static final PlantedCopy COPY =
      new PlantedCopy(
          List.of(
              new PlantedCopy.Tree(SOURCES, SOURCES),
              new PlantedCopy.Tree(CALLER, CALLER.resolve("dev/sluice/simulation"))),
          name -> name.startsWith("dev.sluice.") && !name.startsWith("dev.sluice.testkit."),
          SimulationRange.class.getName());

  private static final String CHOICE = System.getProperty("sluice.planted", "");

  static Stream<PlantedBug> bugs() throws IOException {
    return PlantedBug.all().stream().filter(bug -> bug.isIn(CHOICE));
  }

  @Test
  @DisabledIfSystemProperty(named = "sluice.planted", matches = ".+")
  void theSoundWriterSurvivesTheSameSeeds() {
    assertThat(SimulationRange.firstFailure(FIRST_SEED, SEEDS)).isNull();
  }

  @ParameterizedTest
  @MethodSource("bugs")
  void isCaught(PlantedBug bug) throws Exception {
    String failure = COPY.firstFailure(bug, FIRST_SEED, SEEDS);

    System.out.println("planted: " + bug + " | " + failure);
    assertThat(failure).as("the failing seed").isNotNull();
  }
}
