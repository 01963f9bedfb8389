package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kafka.internal.settings.Topics;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class MissingTopicsTest {
  private final LoopRig rig = new LoopRig();

  @Test
  void aTopicThatIsGoneMakesTheConsumerUnhealthyUntilItIsBack() {
    rig.started(P0).after(Duration.ofSeconds(11));
    assertThat(rig.health().isHealthy()).isTrue();

    rig.consumer.topic("payments", 0);
    rig.after(Duration.ofSeconds(11)).after(Duration.ofSeconds(11));
    assertThat(rig.health().topics().missing()).containsExactly("payments");
    assertThat(rig.health().problems())
        .containsExactly(
            "Topic payments, which is to be read, does not exist: create it again, or read it no more.");

    rig.consumer.topic("payments", 3);
    rig.after(Duration.ofSeconds(11)).after(Duration.ofSeconds(11));
    assertThat(rig.health().isHealthy()).isTrue();
  }

  /** The ends of a partition that is gone are asked for in vain, for as long as it is owned. */
  @Test
  void isLookedForThoughTheEndsTakeLongerThanTheInterval() {
    rig.options.lagInterval(Duration.ofMillis(307));
    rig.started(P0);
    rig.consumer.endLookUp = rig.time::advance;
    rig.consumer.endLookUpFailure = new TimeoutException("no such topic");
    rig.after(Duration.ofSeconds(1));
    rig.consumer.topic("payments", 0);
    rig.turns(307);
    assertThat(rig.health().topics().missing()).containsExactly("payments");
  }

  @Test
  void whatAPatternFoundMayGo() {
    rig.topics = new Topics(Set.of(), Pattern.compile("pay.*"));
    rig.started(P0);
    rig.consumer.topic("payments", 0);

    rig.after(Duration.ofSeconds(11)).after(Duration.ofSeconds(11));

    assertThat(rig.health().isHealthy()).isTrue();
  }
}
