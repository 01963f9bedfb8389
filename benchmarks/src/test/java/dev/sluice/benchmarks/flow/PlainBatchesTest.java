package dev.sluice.benchmarks.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.flow.WriteBudget;
import dev.sluice.testkit.simulated.throughput.Throughput;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PlainBatchesTest {
  private static final long SEED = 7;
  private static final int EACH = 1_009;

  private final Rig rig = Rig.keyed(SEED, WriteBudget.unlimited());
  private final PlainBatches batches = rig.byHand();
  private final Feed first = batches.stream(Events.of("a", Events.keys("k", 101), 100));
  private final Feed second = batches.stream(Events.of("b", Events.keys("k", 101), 100));

  @Test
  void eachEventIsWrittenOnceThoughTheTableRefusesMany() {
    rig.limit(Throughput.provisioned(1, 100, 100).withBurst(Duration.ofSeconds(1)));
    first.offer(EACH);
    second.offer(EACH);
    rig.run(60, seconds -> {});

    assertThat(rig.usage().throttledWriteUnits()).isPositive();
    assertThat(rig.usage().writeUnits()).isEqualTo(2.0 * EACH);
    assertThat(first.applied()).isEqualTo(EACH);
    assertThat(second.applied()).isEqualTo(EACH);
  }

  @Test
  void noStreamWaitsForAnother() {
    rig.limit(Throughput.provisioned(1, 100, 100).withBurst(Duration.ofSeconds(1)));
    first.offer(100 * EACH);
    second.offer(EACH);
    rig.run(3, seconds -> {});

    assertThat(second.applied()).isPositive();
  }
}
