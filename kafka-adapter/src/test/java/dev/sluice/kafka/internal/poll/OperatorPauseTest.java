package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static dev.sluice.kafka.internal.poll.LoopRig.P1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.UnknownOutcomeException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.errors.TimeoutException;
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
  void aWriteThatFailsIsTriedAgainAfterItOnly() {
    rig.started(P0).receive(P0, 0);
    rig.operatorPause.set(true);
    rig.writer.fail("payments/0/0", new UnknownOutcomeException("timed out", null));
    rig.turns(1).after(Duration.ofMinutes(1));
    assertThat(rig.writer.accepted).containsExactly("payments/0/0");

    rig.operatorPause.set(false);
    rig.turns(2);
    assertThat(rig.writer.accepted).containsExactly("payments/0/0", "payments/0/0");
  }

  @Test
  void deadLettersAndReleasesThatFailAreTriedAgainMeanwhile() {
    rig.started(P0).receive(P0, 0);
    rig.operatorPause.set(true);
    rig.writer.fail(
        "payments/0/0", new RejectedWriteException("Refused", "Validation", false, List.of()));
    rig.turns(1);
    rig.producer.errorNext(new TimeoutException("no leader"));
    rig.turns(1).after(Duration.ofMillis(101));
    rig.producer.completeNext();
    rig.turns(1);
    rig.writer
        .releases
        .remove("payments/0/0=e0")
        .completeExceptionally(new UnknownOutcomeException("timed out", null));
    rig.turns(1).after(Duration.ofMillis(101));
    rig.writer.releases.get("payments/0/0=e0").complete(true);
    rig.turns(2);

    assertThat(rig.producer.history()).hasSize(2);
    assertThat(rig.consumer.commits).containsExactly("payments-0@1");
  }

  @Test
  void itsTimeDoesNotAgeWhatItKeptWaiting() {
    rig.options.maxRecordAge(Duration.ofMinutes(10));
    rig.writer.capacity = 0;
    rig.started(P0).receive(P0, 0).after(Duration.ofMinutes(3));
    rig.operatorPause.set(true);
    rig.turns(1);
    rig.receive(P0, 1, "k", "polled before the pause came through");
    rig.consumer.resume(List.of(P0));
    rig.after(Duration.ofHours(1));

    rig.operatorPause.set(false);
    assertThat(rig.health().problems()).as("before the loop has seen it").isEmpty();
    rig.turns(1).after(Duration.ofMillis(101));
    assertThat(rig.health().problems()).isEmpty();
    assertThat(oldestAge()).isBetween(Duration.ofMinutes(3), Duration.ofMinutes(4));

    rig.after(Duration.ofMinutes(8));
    assertThat(rig.health().problems()).as("what aged before counts").hasSize(1);
  }

  private Duration oldestAge() {
    return rig.health().partitions().get(P0).open().oldestAge();
  }

  @Test
  void norDoesItWhereItEndsWithinAPoll() {
    rig.writer.capacity = 0;
    rig.started(P0).receive(P0, 0);
    rig.operatorPause.set(true);
    rig.turns(1).after(Duration.ofHours(1));
    rig.writer.capacity = 1;

    rig.consumer.schedulePollTask(() -> rig.operatorPause.set(false));
    rig.turns(2).after(Duration.ofMillis(101));

    assertThat(rig.writer.accepted).hasSize(1);
    assertThat(rig.health().problems()).isEmpty();
  }

  @Test
  void itsTimeAgesWhatTheWriterDoesNotAnswer() {
    rig.started(P0).receive(P0, 0, 1);
    rig.writer.apply("payments/0/0");
    rig.operatorPause.set(true);
    rig.turns(1).after(Duration.ofHours(1));
    rig.operatorPause.set(false);
    rig.turns(1);
    assertThat(oldestAge()).isGreaterThan(Duration.ofHours(1));
    assertThat(rig.health().problems()).hasSize(1);
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
