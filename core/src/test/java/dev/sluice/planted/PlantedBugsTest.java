package dev.sluice.planted;

import dev.sluice.testkit.planted.PlantedBug;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The places of the planted bugs, so that they do not rot between long builds. */
class PlantedBugsTest {

  static Stream<PlantedBug> bugs() throws IOException {
    return PlantedBug.all().stream();
  }

  @ParameterizedTest
  @MethodSource("bugs")
  void isPlantedInTheSourcesAsTheyAre(PlantedBug bug) throws IOException {
    PlantedBugsIT.COPY.requirePlace(bug);
  }
}
