package dev.sluice.kafka.poll;

import static dev.sluice.kafka.poll.LoopRig.P0;
import static dev.sluice.kafka.poll.LoopRig.P1;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OperatorPauseTest {
  private final LoopRig rig = new LoopRig();

  @Test
  void nothingMoreIsMappedOrReadAndWhatIsWithTheWriterEnds() {
    rig.writer.capacity = 2;
    rig.started(P0).receive(P0, 0, 1, 2, 3);
    rig.operatorPause.set(true);
    rig.turns(1);
    assertThat(rig.consumer.paused()).containsExactly(P0);

    rig.writer.applyAll();
    rig.turns(5);
    assertThat(rig.writer.accepted).hasSize(2);
    assertThat(rig.consumer.commits).containsExactly("payments-0@2");
    rig.operatorPause.set(false);
    rig.turns(2);
    assertThat(rig.consumer.paused()).isEmpty();
    assertThat(rig.writer.accepted).hasSize(4);
  }

  @Test
  void itPollsOnWithoutHaste() {
    rig.writer.capacity = 1;
    rig.started(P0).receive(P0, 0, 1, 2);
    rig.operatorPause.set(true);
    rig.writer.applyAll();
    rig.turns(1);
    rig.consumer.pollTimeouts.clear();
    rig.turns(7);
    assertThat(rig.consumer.pollTimeouts).hasSize(7).doesNotContain(Duration.ZERO);
  }

  @Test
  void itLastsOverRebalances() {
    rig.started(P0);
    rig.operatorPause.set(true);
    rig.turns(1);
    rig.consumer.rebalance(List.of(P0, P1));
    rig.receive(P1, 0).turns(3);

    assertThat(rig.consumer.paused()).containsExactlyInAnyOrder(P0, P1);
    assertThat(rig.writer.accepted).isEmpty();
    rig.operatorPause.set(false);
    rig.turns(2);
    assertThat(rig.writer.accepted).containsExactly("payments/1/0");
  }

  @Test
  void aPartitionThatIsPausedForAnotherReasonStaysPaused() {
    rig.options.maxOpenRecords(2);
    rig.started(P0).receive(P0, 0, 1);
    rig.operatorPause.set(true);
    rig.turns(2);
    rig.operatorPause.set(false);
    rig.turns(2);
    assertThat(rig.consumer.paused()).containsExactly(P0);
  }
}
