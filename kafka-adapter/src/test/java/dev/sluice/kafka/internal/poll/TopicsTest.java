package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kafka.internal.settings.Topics;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class TopicsTest {
  private static final TopicPartition NEW = new TopicPartition("payments.eu", 0);

  @Test
  void whatAPatternFindsLaterStartsAsEveryPartitionDoes() {
    var rig = new LoopRig();
    rig.topics = new Topics(Set.of(), Pattern.compile("payments.*"));
    rig.started(P0).receive(P0, 0);
    rig.consumer.topic("payments.eu", 1);
    rig.consumer.holdCommits = true;
    rig.consumer.rebalance(List.of(P0, NEW));
    rig.receive(NEW, 0, 1).turns(2);
    assertThat(rig.writer.accepted).containsExactly("payments/0/0");

    rig.consumer.holdCommits = false;
    rig.consumer.heldCommits.remove().run();
    rig.turns(1);
    rig.writer.apply("payments.eu/0/0");
    rig.turns(2);

    assertThat(rig.writer.accepted)
        .containsExactly("payments/0/0", "payments.eu/0/0", "payments.eu/0/1");
    assertThat(rig.consumer.commits).containsExactly("payments.eu-0@0", "payments.eu-0@1");
  }

  @Test
  void aPatternMeansWholeNames() {
    var topics = new Topics(Set.of(), Pattern.compile("payments"));
    assertThat(topics.include("payments")).isTrue();
    assertThat(topics.include("payments.dead")).isFalse();
    assertThat(new Topics(Set.of("a"), null).include("b")).isFalse();
  }
}
