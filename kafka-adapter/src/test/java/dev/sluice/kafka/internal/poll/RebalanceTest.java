package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static dev.sluice.kafka.internal.poll.LoopRig.P1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kafka.FakeWriter;
import dev.sluice.model.UnknownOutcomeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class RebalanceTest {
  private final LoopRig rig = new LoopRig();

  private void applyLater(Duration delay, String source) {
    var unused =
        rig.time
            .scheduler()
            .schedule(() -> rig.writer.apply(source), delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  private ConsumerRebalanceListener listener() {
    return rig.loop.listener();
  }

  @Test
  void aRevokedPartitionDrainsAndIsCommitted() {
    rig.started(P0, P1).receive(P0, 0, 1).receive(P1, 0);
    applyLater(Duration.ofMillis(700), "payments/0/0");
    applyLater(Duration.ofMillis(300), "payments/0/1");

    rig.consumer.rebalance(List.of(P1));

    assertThat(rig.consumer.commits).containsExactly("payments-0@2");
    assertThat(rig.writer.flushes).isEqualTo(1);
  }

  @Test
  void aRevokeWaitsNoLongerThanTheDrainTimeout() {
    rig.started(P0).receive(P0, 0, 1);
    applyLater(Duration.ofSeconds(2), "payments/0/0");
    var before = rig.time.now();

    rig.consumer.rebalance(List.of());

    assertThat(Duration.between(before, rig.time.now())).isEqualTo(Duration.ofSeconds(30));
    assertThat(rig.consumer.commits).containsExactly("payments-0@1");
  }

  @Test
  void aRevokeDoesNotWaitForRecordsThatWaitForARetry() {
    rig.started(P0).receive(P0, 0);
    rig.writer.fail("payments/0/0", new UnknownOutcomeException("timed out", null));
    rig.turns(1);

    rig.consumer.rebalance(List.of());

    assertThat(rig.waits).isEmpty();
    assertThat(rig.consumer.commits).isEmpty();
    rig.after(Duration.ofSeconds(1));
    assertThat(rig.writer.accepted).containsExactly("payments/0/0");
  }

  @Test
  void nothingQueuedIsDispatchedDuringOrAfterARevoke() {
    rig.writer.capacity = 1;
    rig.started(P0).receive(P0, 0, 1, 2);
    applyLater(Duration.ofMillis(300), "payments/0/0");

    rig.consumer.rebalance(List.of());
    rig.turns(2);

    assertThat(rig.writer.accepted).containsExactly("payments/0/0");
    assertThat(rig.consumer.commits).containsExactly("payments-0@1");
  }

  @Test
  void aLostPartitionCommitsNothing() {
    rig.options.commitInterval(Duration.ofHours(1));
    rig.started(P0).receive(P0, 0, 1);
    rig.writer.apply("payments/0/0");
    rig.turns(1);

    listener().onPartitionsLost(List.of(P0));
    rig.writer.apply("payments/0/1");
    rig.time.advance(Duration.ofSeconds(1));

    assertThat(rig.consumer.commits).isEmpty();
    assertThat(rig.waits).isEmpty();
  }

  private void receiveWithoutKeys(long... offsets) {
    for (long offset : offsets) {
      rig.receive(P0, offset, null, "v" + offset);
    }
    rig.turns(1);
  }

  @Test
  void aCompletionOfAnOldEpochMovesNoOffsetOfTheNewOne() {
    rig.started(P0);
    receiveWithoutKeys(0, 1);
    FakeWriter.Pending late = rig.writer.pending.get(0);
    listener().onPartitionsLost(List.of(P0));
    listener().onPartitionsAssigned(List.of(P0));
    rig.consumer.seek(P0, 0);
    receiveWithoutKeys(0, 1);
    rig.turns(1);
    assertThat(rig.writer.accepted).hasSize(4);

    late.listener().completed(FakeWriter.APPLIED);
    rig.writer.pending.get(3).listener().completed(FakeWriter.APPLIED);
    rig.turns(3);

    assertThat(rig.consumer.commits).isEmpty();
  }

  @Test
  void whatEndsInAnOldEpochGivesItsRoomBack() {
    rig.options.maxOpenBytes(20);
    rig.started(P0).receive(P0, 0, 1, 2);
    rig.turns(1);
    assertThat(rig.consumer.paused()).containsExactly(P0);
    listener().onPartitionsLost(List.of(P0));
    listener().onPartitionsAssigned(List.of(P0));
    rig.turns(2);
    assertThat(rig.loop.paused()).containsEntry(P0, "maxOpenBytes");

    rig.writer.applyAll();
    rig.turns(2);

    assertThat(rig.loop.paused()).isEmpty();
    assertThat(rig.consumer.paused()).isEmpty();
  }

  @Test
  void anAssignmentWithoutARevokeBeforeItStartsANewEpoch() {
    rig.started(P0).receive(P0, 0);

    listener().onPartitionsAssigned(List.of(P0));
    rig.writer.applyAll();
    rig.turns(3);

    assertThat(rig.consumer.commits).isEmpty();
  }

  @Test
  void aRevokeSurvivesACommitThatTimesOut() {
    rig.started(P0).receive(P0, 0);
    rig.writer.applyAll();
    rig.consumer.commitFailures.add(new TimeoutException("no answer"));

    rig.consumer.rebalance(List.of());
    rig.turns(2);

    assertThat(rig.consumer.commits).isEmpty();
  }

  @Test
  void theOtherPartitionsGoOnAfterARevoke() {
    rig.started(P0, P1).receive(P0, 0).receive(P1, 0);
    applyLater(Duration.ofMillis(100), "payments/0/0");
    rig.consumer.rebalance(List.of(P1));

    rig.writer.apply("payments/1/0");
    rig.receive(P1, 1).turns(1);

    assertThat(rig.consumer.commits).containsExactly("payments-0@1", "payments-1@1");
    assertThat(rig.writer.accepted).endsWith("payments/1/1");
  }
}
