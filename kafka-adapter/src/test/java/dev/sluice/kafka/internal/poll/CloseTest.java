package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.ConfigurationException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.junit.jupiter.api.Test;

class CloseTest {
  private final LoopRig rig = new LoopRig();

  private void applyLater(Duration delay, String source) {
    var unused =
        rig.time
            .scheduler()
            .schedule(() -> rig.writer.apply(source), delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** C40: what the revoke that closing brings has committed is not left. */
  @Test
  void whatTheLastDrainCommittedIsNotCalledUnfinished() {
    rig.started(P0).receive(P0, 0, 1);
    rig.consumer.revokesOnClose = true;
    rig.consumer.whileClosing = () -> rig.writer.apply("payments/0/0", "payments/0/1");
    var report = rig.close(Duration.ofSeconds(9), null);

    assertThat(rig.consumer.commits).endsWith("payments-0@2");
    assertThat(report.unfinished()).isEmpty();
    assertThat(report.clean()).isTrue();
  }

  @Test
  void closeDrainsWhilePollingThenCommitsAndCloses() {
    rig.started(P0).receive(P0, 0, 1);
    applyLater(Duration.ofMillis(200), "payments/0/0");
    applyLater(Duration.ofMillis(100), "payments/0/1");
    int polls = rig.consumer.polls;

    var report = rig.close(Duration.ofSeconds(9), null);

    assertThat(report.clean()).isTrue();
    assertThat(rig.consumer.commits).endsWith("payments-0@2");
    assertThat(rig.consumer.polls).isGreaterThan(polls + 10);
    assertThat(rig.consumer.closed()).isTrue();
    assertThat(rig.producer.closed()).isTrue();
    assertThat(rig.writer.flushes).isEqualTo(1);
    assertThat(rig.writer.closed).as("the writer is the caller's").isFalse();
  }

  @Test
  void aRebalanceThatIsUnderWayIsEndedBeforeTheLastCommit() {
    rig.started(P0).receive(P0, 0);
    rig.writer.apply("payments/0/0");
    for (int i = 0; i < 5; i++) {
      rig.consumer.commitFailures.add(new RebalanceInProgressException("the group rebalances"));
    }
    int polls = rig.consumer.polls;

    var report = rig.close(Duration.ofSeconds(9), null);

    assertThat(report.clean()).isTrue();
    assertThat(rig.consumer.commits).endsWith("payments-0@1");
    assertThat(rig.consumer.polls).isGreaterThan(polls);
  }

  @Test
  void aRebalanceThatDoesNotEndIsNotWaitedForBeyondTheDeadline() {
    rig.started(P0).receive(P0, 0);
    rig.writer.apply("payments/0/0");
    for (int i = 0; i < 10_007; i++) {
      rig.consumer.commitFailures.add(new RebalanceInProgressException("the group rebalances"));
    }
    var before = rig.time.now();

    var report = rig.close(Duration.ofSeconds(9), null);

    assertThat(report.committed()).isFalse();
    assertThat(Duration.between(before, rig.time.now()))
        .isBetween(Duration.ofSeconds(6), Duration.ofSeconds(9));
  }

  @Test
  void closeTakesInNoMore() {
    rig.started(P0).receive(P0, 0);
    applyLater(Duration.ofMillis(100), "payments/0/0");
    rig.receive(P0, 1, "k", "v");
    Map<TopicPartition, String> paused = new HashMap<>();
    rig.consumer.whileClosing = () -> paused.putAll(rig.loop.paused());

    rig.close(Duration.ofSeconds(9), null);

    assertThat(paused).containsEntry(P0, "closing");
    assertThat(rig.writer.accepted).containsExactly("payments/0/0");
    assertThat(rig.consumer.commits).endsWith("payments-0@1");
  }

  @Test
  void closeKeepsItsDeadlineAndSaysWhatWasLeft() {
    rig.started(P0).receive(P0, 0, 1, 2);
    rig.writer.apply("payments/0/0");
    var before = rig.time.now();

    var report = rig.close(Duration.ofSeconds(9), null);

    assertThat(Duration.between(before, rig.time.now()))
        .isBetween(Duration.ofSeconds(6), Duration.ofSeconds(9));
    assertThat(report.unfinished()).containsEntry(P0, 2);
    assertThat(report.committed()).isTrue();
    assertThat(report.clean()).isFalse();
    assertThat(rig.consumer.commits).endsWith("payments-0@1");
  }

  @Test
  void aCloseInHasteThatInterruptsTheLastCommitIsNoFailure() {
    rig.started(P0).receive(P0, 0, 1);
    rig.writer.apply("payments/0/0");
    rig.consumer.revokesOnClose = true;
    rig.consumer.whileClosing = () -> rig.writer.apply("payments/0/1");
    rig.loop.hurry();

    var report = rig.close(Duration.ofSeconds(9), null);

    assertThatCode(rig.loop::check).doesNotThrowAnyException();
    assertThat(report.committed()).isFalse();
    assertThat(rig.consumer.commits).endsWith("payments-0@1");
    assertThat(rig.consumer.closed()).isTrue();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void whatEndsWhileTheConsumerClosesIsCommittedToo() {
    rig.started(P0).receive(P0, 0, 1);
    rig.writer.apply("payments/0/0");
    rig.consumer.revokesOnClose = true;
    rig.consumer.whileClosing = () -> rig.writer.apply("payments/0/1");

    var report = rig.close(Duration.ofSeconds(9), null);

    assertThat(report.committed()).isTrue();
    assertThat(rig.consumer.commits).endsWith("payments-0@2");
  }

  @Test
  void anInterruptionByAStrangerStopsTheLoop() {
    rig.started(P0).receive(P0, 0);
    rig.writer.apply("payments/0/0");
    Thread.currentThread().interrupt();

    rig.consumer.rebalance(List.of());

    assertThat(Thread.interrupted()).as("as Kafka leaves it").isTrue();
    assertThatThrownBy(() -> rig.turns(1)).isInstanceOf(InterruptException.class);
  }

  @Test
  void aSubscriptionThatIsRefusedLeavesNothingOpen() {
    rig.consumer.subscribeFailure = new IllegalStateException("no assignor");
    assertThatThrownBy(rig::open).isSameAs(rig.consumer.subscribeFailure);
    assertThat(rig.consumer.closed()).isTrue();
    assertThat(rig.producer.closed()).isTrue();
  }

  @Test
  void aMissingTopicIsNamedWithTheRemedy() {
    rig.consumer.topic("payments", 0);
    assertThatThrownBy(rig::open)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("Topic payments does not exist: create it, or correct its name.");
    assertThat(rig.consumer.closed()).isTrue();
  }

  @Test
  void aMissingDeadLetterTopicIsNamedWithTheRemedy() {
    rig.deadLetterTopic = "nowhere";
    assertThatThrownBy(rig::open)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("Dead-letter topic nowhere does not exist: create it, or correct its name.");
    assertThat(rig.consumer.closed()).isTrue();
    assertThat(rig.producer.closed()).isTrue();
  }
}
