package dev.sluice.benchmarks.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.shard.KeySharder;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the scenarios promise, at sizes that take seconds; their command runs them whole. */
class FlowScenariosTest {
  private static final long SEED = 7;

  static Stream<Scenario> scenarios() {
    return Stream.of(
        new FixedBudget(),
        new Overload(Duration.ofSeconds(10)),
        new OneHotKey(),
        new Burst(100),
        new SkewedKeys(KeySharder.random(16), 2),
        new MillionEvents(100_000, 2));
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void whatIsPromisedHoldsUnderLoad(Scenario scenario) {
    Run run = scenario.run(SEED);

    assertThat(run.figures())
        .as("%s, seed %d", scenario.name(), SEED)
        .allSatisfy(figure -> assertThat(figure.reached()).as("%s", figure).isTrue());
  }
}
