package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.junit.jupiter.api.Test;

/** C27: the log goes back: it is cut and grows again, or what is committed is beyond its end. */
class LogCutTest {
  private final LoopRig rig = new LoopRig();

  private OffsetAndMetadata committed() {
    return rig.consumer.committed.get(P0);
  }

  private void assertCommitted(long offset, Integer epoch) {
    assertThat(committed().offset()).isEqualTo(offset);
    assertThat(committed().leaderEpoch()).isEqualTo(Optional.ofNullable(epoch));
  }

  /** By it the client finds out that the log was cut while nobody read it. */
  @Test
  void theLeaderEpochOfWhatWasReadIsCommitted() {
    rig.started(P0).receiveOf(3, P0, 0, 1);
    rig.writer.applyAll();
    rig.turns(2);
    assertCommitted(2, 3);
  }

  @Test
  void whatIsOpenIsCommittedByItsOwnEpoch() {
    rig.started(P0).receiveOf(3, P0, 0).receiveOf(5, P0, 1).receiveOf(7, P0, 2);
    rig.writer.apply("payments/0/0", "payments/0/2");
    rig.turns(2);
    assertCommitted(1, 5);

    rig.writer.apply("payments/0/1");
    rig.turns(2);
    assertCommitted(3, 7);
  }

  @Test
  void recordsWithoutAnEpochAreCommittedWithoutOne() {
    rig.started(P0).receiveOf(3, P0, 0).receive(P0, 1);
    rig.writer.applyAll();
    rig.turns(2);
    assertCommitted(2, null);
  }

  @Test
  void theEpochOfAPositionBehindMarkersIsCommitted() {
    rig.started(P0).receiveOf(3, P0, 0);
    rig.writer.applyAll();
    rig.turns(2);
    rig.consumer.nextPositions.put(P0, 7L);
    rig.consumer.nextEpoch = 5;
    rig.turns(2);
    assertCommitted(7, 5);
  }

  @Test
  void closeAndRevokeCommitTheEpochToo() {
    rig.options.commitInterval(Duration.ofHours(1));
    rig.open();
    rig.consumer.rebalance(List.of(P0));
    rig.turns(2).receiveOf(3, P0, 0);
    rig.writer.applyAll();
    rig.consumer.rebalance(List.of());
    assertCommitted(1, 3);

    rig.consumer.rebalance(List.of(P0));
    rig.turns(2).receiveOf(5, P0, 1);
    rig.writer.applyAll();
    assertThat(rig.close(Duration.ofSeconds(3), null).clean()).isTrue();
    assertCommitted(2, 5);
  }

  /** Else it would be taken for the end of the log that was cut. */
  @Test
  void anEqualOffsetOfALaterEpochIsCommitted() {
    rig.started(P0).receiveOf(3, P0, 0, 1);
    rig.writer.applyAll();
    rig.turns(2);
    rig.consumer.seek(P0, 1);
    rig.receiveOf(5, P0, 1);
    rig.writer.applyAll();
    rig.turns(2);
    assertCommitted(2, 5);
  }

  @Test
  void whatEndsOfTheLogThatWasCutMovesNothingOfTheNewOne() {
    rig.started(P0).receiveOf(3, P0, 0, 1);
    rig.writer.applyAll();
    rig.receiveOf(3, P0, 2, 3, 4);
    rig.consumer.seek(P0, 2);
    rig.receiveOf(5, P0, 2, 3);
    rig.writer.apply("payments/0/2", "payments/0/3", "payments/0/4");
    rig.turns(2);
    assertThat(committed().offset()).isEqualTo(2);

    rig.writer.apply("payments/0/2", "payments/0/3");
    rig.turns(2);
    assertCommitted(4, 5);
  }

  private void readUpToFive() {
    rig.started(P0).receiveOf(3, P0, 0, 1, 2, 3, 4);
    rig.writer.applyAll();
    rig.turns(2);
    assertCommitted(5, 3);
  }

  @Test
  void aPositionThatWentBackIsCommittedThoughNoRecordComes() {
    readUpToFive();
    rig.consumer.seek(P0, 2);
    rig.after(PositionCheck.LOOK);
    assertCommitted(2, 3);
    rig.after(Duration.ofMillis(101));
    assertThat(rig.health().partitions().get(P0).committed()).isEqualTo(2);
  }

  /** A later epoch than the log has would make the next client wait. */
  @Test
  void whereAnotherLogMayHaveBegunNoEpochIsCommitted() {
    readUpToFive();
    rig.consumer.seek(P0, 0);
    rig.after(PositionCheck.LOOK);
    assertCommitted(0, null);
  }

  @Test
  void withLatestAPositionThatWentBackIsCommittedWithoutAnEpoch() {
    rig.resetSkips = true;
    readUpToFive();
    rig.consumer.seek(P0, 2);
    rig.after(PositionCheck.LOOK);
    assertCommitted(2, null);
  }

  @Test
  void aPositionThatWentBackIsCommittedByClose() {
    readUpToFive();
    rig.consumer.seek(P0, 2);
    assertThat(rig.close(Duration.ofSeconds(3), null).clean()).isTrue();
    assertCommitted(2, 3);
  }

  @Test
  void aPositionThatWentBackIsCommittedByRevoke() {
    readUpToFive();
    rig.consumer.seek(P0, 2);
    rig.consumer.rebalance(List.of());
    assertCommitted(2, 3);
  }

  @Test
  void aPositionThatWentBackAboveAnOpenRecordIsReadFromThatOne() {
    rig.started(P0).receiveOf(3, P0, 0, 1, 2, 3, 4);
    rig.writer.apply("payments/0/0");
    rig.turns(2);
    rig.consumer.seek(P0, 3);
    rig.after(Duration.ofSeconds(11));
    assertThat(rig.consumer.position(P0)).isEqualTo(1);
    assertThat(committed().offset()).isEqualTo(1);
  }

  /** A reset, an orderly close, and the log grows past what was committed. */
  @Test
  void aCommittedOffsetBeyondTheEndGoesDownThoughNoRecordComes() {
    rig.open();
    rig.consumer.rebalance(List.of(P0));
    rig.consumer.commitSync(Map.of(P0, new OffsetAndMetadata(50)));
    rig.turns(1);
    rig.consumer.seek(P0, 0);
    assertThat(rig.close(Duration.ofSeconds(3), null).clean()).isTrue();
    assertCommitted(0, null);
  }

  /** The client may have reset itself before the committed offset was found out. */
  @Test
  void aCommittedOffsetBeyondWhatIsReadGoesDownAtOnce() {
    rig.options.commitInterval(Duration.ofHours(1));
    rig.open();
    rig.consumer.rebalance(List.of(P0));
    rig.consumer.commitSync(Map.of(P0, new OffsetAndMetadata(50)));
    rig.consumer.commits.clear();
    rig.consumer.seek(P0, 0);
    rig.receive(P0, 0, 1).turns(3);
    assertThat(rig.consumer.commits).containsExactly("payments-0@0");
    assertThat(rig.writer.accepted).containsExactly("payments/0/0", "payments/0/1");
  }

  /** Else, after a crash, the client could skip them: it goes on at the end once more. */
  @Test
  void withLatestALowerPositionIsCommittedBeforeAnythingIsBegun() {
    rig.resetSkips = true;
    readUpToFive();
    rig.consumer.holdCommits = true;
    rig.consumer.seek(P0, 2);
    rig.receiveOf(0, P0, 2).turns(3);
    assertThat(rig.writer.accepted).hasSize(5);

    rig.consumer.heldCommits.remove().run();
    rig.turns(1);
    assertCommitted(2, 0);
    assertThat(rig.writer.accepted).hasSize(6);
  }

  @Test
  void withNoneALogThatWasCutStopsTheConsumer() {
    readUpToFive();
    rig.consumer.setPollException(
        new LogTruncationException(
            "cut", Map.of(P0, 5L), Map.of(P0, new OffsetAndMetadata(2, Optional.of(3), ""))));
    assertThatThrownBy(() -> rig.turns(1)).isInstanceOf(LogTruncationException.class);
    rig.consumer.setPollException(new OffsetOutOfRangeException(Map.of(P0, 5L)));
    assertThatThrownBy(() -> rig.turns(1)).isInstanceOf(OffsetOutOfRangeException.class);
    assertCommitted(5, 3);
  }
}
