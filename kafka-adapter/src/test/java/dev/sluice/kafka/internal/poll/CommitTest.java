package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static dev.sluice.kafka.internal.poll.LoopRig.P1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class CommitTest {
  private final LoopRig rig = new LoopRig();

  /** C1: the highest offset seen is committed. */
  @Test
  void commitsOnlyWhatIsDoneWithoutAGap() {
    rig.started(P0).receive(P0, 0, 1, 2, 3);

    rig.writer.apply("payments/0/3", "payments/0/1");
    rig.turns(2);
    assertThat(rig.consumer.commits).isEmpty();

    rig.writer.apply("payments/0/0");
    rig.turns(2);
    assertThat(rig.consumer.commits).containsExactly("payments-0@2");

    rig.writer.apply("payments/0/2");
    rig.turns(2);
    assertThat(rig.consumer.commits).containsExactly("payments-0@2", "payments-0@4");
  }

  /** C23: only the last partition of a poll is committed. */
  @Test
  void everyPartitionOfAPollIsCommitted() {
    rig.started(P0, P1).receive(P0, 0, 1).receive(P1, 0, 1, 2);

    rig.writer.applyAll();
    rig.turns(2);

    assertThat(rig.consumer.commits).contains("payments-0@2", "payments-1@3");
  }

  @Test
  void gapsBetweenOffsetsAreNoMissingRecords() {
    rig.started(P0).receive(P0, 5, 9, 23);

    rig.writer.apply("payments/0/5", "payments/0/9");
    rig.turns(2);

    assertThat(rig.consumer.commits).containsExactly("payments-0@23");
  }

  @Test
  void thePositionBehindTransactionMarkersIsCommitted() {
    rig.started(P0);
    rig.consumer.nextPositions.put(P0, 7L);
    rig.receive(P0, 0, 1);
    rig.writer.applyAll();
    rig.turns(2);
    assertThat(rig.consumer.commits).endsWith("payments-0@7");

    rig.consumer.nextPositions.put(P0, 11L);
    rig.turns(2);
    assertThat(rig.consumer.commits).endsWith("payments-0@11");
  }

  @Test
  void theStartingPositionIsCommittedBeforeTheFirstDispatch() {
    rig.open();
    rig.consumer.holdCommits = true;
    rig.consumer.updateBeginningOffsets(Map.of(P0, 3L));
    rig.consumer.rebalance(List.of(P0));
    rig.receive(P0, 3, 4).turns(3);
    assertThat(rig.consumer.heldCommits).hasSize(1);
    assertThat(rig.writer.accepted).isEmpty();

    rig.consumer.heldCommits.remove().run();
    rig.turns(1);

    assertThat(rig.consumer.commits).containsExactly("payments-0@3");
    assertThat(rig.writer.accepted).containsExactly("payments/0/3", "payments/0/4");
  }

  /** Else, after a crash, the client could skip them: it goes on at the end once more. */
  @Test
  void aJumpToTheEndIsCommittedBeforeWhatIsBehindIt() {
    rig.resetSkips = true;
    rig.started(P0).receive(P0, 0, 1);
    rig.writer.apply("payments/0/0");
    rig.turns(2);
    rig.consumer.holdCommits = true;
    rig.receive(P0, 500, 501).turns(2);
    assertThat(rig.writer.accepted).endsWith("payments/0/1");
    assertThat(rig.consumer.heldCommits).as("record 1 is open").isEmpty();

    rig.writer.apply("payments/0/1");
    rig.turns(2);
    assertThat(rig.writer.accepted).endsWith("payments/0/1");
    rig.consumer.heldCommits.remove().run();
    rig.turns(1);
    assertThat(rig.consumer.commits).endsWith("payments-0@500");
    assertThat(rig.writer.accepted).endsWith("payments/0/500", "payments/0/501");
  }

  @Test
  void aJumpBeforeTheCommittedOffsetIsKnownIsCommittedFirst() {
    rig.resetSkips = true;
    rig.open();
    rig.consumer.lookUpFailure = new TimeoutException("no coordinator");
    rig.consumer.rebalance(List.of(P0));
    rig.consumer.commitSync(Map.of(P0, new OffsetAndMetadata(1)));
    rig.receive(P0, 500).turns(1);
    rig.consumer.lookUpFailure = null;
    rig.consumer.holdCommits = true;
    rig.turns(2);
    assertThat(rig.writer.accepted).isEmpty();

    rig.consumer.heldCommits.remove().run();
    rig.turns(1);
    assertThat(rig.writer.accepted).containsExactly("payments/0/500");
  }

  private void assertCommittedBeforeItBeginsAt500() {
    assertThat(rig.writer.accepted).isEmpty();

    rig.consumer.heldCommits.remove().run();
    rig.turns(1);
    assertThat(rig.consumer.commits).containsExactly("payments-0@500");
    assertThat(rig.writer.accepted).containsExactly("payments/0/500");
  }

  /** Retention overtakes a partition of which nothing is open. */
  @Test
  void whereItWentOnWithoutARecordThatIsCommittedFirstToo() {
    rig.resetSkips = true;
    rig.started(P0);
    rig.consumer.updateEndOffsets(Map.of(P0, 500L));
    rig.consumer.seek(P0, 500);
    rig.consumer.holdCommits = true;
    rig.after(Duration.ofSeconds(11));
    rig.receive(P0, 500);
    assertCommittedBeforeItBeginsAt500();
  }

  /** An out-of-range reset, behind which only markers and aborted records were read so far. */
  @Test
  void whereItWentOnBehindMarkersThatIsCommittedFirstToo() {
    rig.resetSkips = true;
    rig.started(P0);
    rig.consumer.holdCommits = true;
    rig.consumer.nextPositions.put(P0, 500L);
    rig.turns(1);
    rig.consumer.seek(P0, 500);
    rig.receive(P0, 500);
    assertCommittedBeforeItBeginsAt500();
  }

  @Test
  void whereWhatIsThereIsNeverSkippedAGapWaitsForNoCommit() {
    rig.started(P0).receive(P0, 0);
    rig.consumer.holdCommits = true;
    rig.receive(P0, 500);
    assertThat(rig.writer.accepted).endsWith("payments/0/500");
  }

  @Test
  void aPartitionWithACommittedOffsetNeedsNoFirstCommit() {
    rig.started(P0).receive(P0, 0);
    rig.writer.applyAll();
    rig.turns(2);
    rig.consumer.rebalance(List.of());
    rig.consumer.rebalance(List.of(P0));
    rig.consumer.commits.clear();

    rig.receive(P0, 1).turns(1);

    assertThat(rig.writer.accepted).endsWith("payments/0/1");
    assertThat(rig.consumer.commits).isEmpty();
  }

  @Test
  void nothingIsDispatchedWhileTheCommittedOffsetIsUnknown() {
    rig.open();
    rig.consumer.lookUpFailure = new TimeoutException("no coordinator");
    rig.consumer.rebalance(List.of(P0));
    rig.receive(P0, 0).turns(3);
    assertThat(rig.writer.accepted).isEmpty();

    rig.consumer.lookUpFailure = null;
    rig.turns(2);
    assertThat(rig.writer.accepted).containsExactly("payments/0/0");
  }

  /** C26: a client forgets its own question, if somebody else asks the same. */
  @Test
  void theCommittedOffsetIsAskedForOnlyWhenTheClientHasItsPosition() {
    rig.open();
    rig.consumer.positionUnknown = true;
    rig.consumer.rebalance(List.of(P0));
    rig.turns(3);
    assertThat(rig.consumer.lookUps).isZero();

    rig.consumer.positionUnknown = false;
    rig.after(Duration.ofMillis(101));
    assertThat(rig.consumer.lookUps).isOne();
    rig.receive(P0, 0).turns(1);
    assertThat(rig.writer.accepted).containsExactly("payments/0/0");
  }

  /** C2: an asynchronous commit is taken for done when it is sent. */
  @Test
  void aCommitThatFailedIsNotTakenForDone() {
    rig.started(P0).receive(P0, 0, 1);
    rig.consumer.commitFailures.add(new RetriableCommitFailedException("try again"));
    rig.consumer.commitFailures.add(new RebalanceInProgressException());
    rig.consumer.commitFailures.add(new CommitFailedException());
    rig.writer.applyAll();

    rig.turns(2);
    assertThat(rig.consumer.commits).isEmpty();
    rig.turns(5);

    assertThat(rig.consumer.commits).containsExactly("payments-0@2");
  }

  @Test
  void aCommitThatFailedIsMadeAgainSoonHoweverLongTheIntervalIs() {
    rig.options.commitInterval(Duration.ofHours(1)).commitRecords(2);
    rig.open();
    rig.consumer.commitFailures.add(new RebalanceInProgressException());
    rig.consumer.rebalance(List.of(P0));
    rig.receive(P0, 0, 1);
    assertThat(rig.consumer.commitFailures).isEmpty();
    rig.after(Duration.ofSeconds(1));
    assertThat(rig.writer.accepted).hasSize(2);

    rig.consumer.commitFailures.add(new TimeoutException("no answer"));
    rig.writer.applyAll();
    rig.turns(1).after(Duration.ofSeconds(1));
    assertThat(rig.consumer.commits).endsWith("payments-0@2");
  }

  @Test
  void oneCommitIsUnderWayAtATime() {
    rig.started(P0).receive(P0, 0, 1);
    rig.consumer.holdCommits = true;
    rig.writer.apply("payments/0/0");
    rig.turns(3);
    rig.writer.apply("payments/0/1");
    rig.turns(3);
    assertThat(rig.consumer.heldCommits).hasSize(1);

    rig.consumer.heldCommits.remove().run();
    rig.turns(2);
    assertThat(rig.consumer.commits).containsExactly("payments-0@1");
    rig.consumer.heldCommits.remove().run();
    assertThat(rig.consumer.commits).containsExactly("payments-0@1", "payments-0@2");
  }

  @Test
  void aCommitThatIsNeverAnsweredHoldsNothingUpForEver() {
    rig.started(P0).receive(P0, 0);
    rig.consumer.holdCommits = true;
    rig.writer.applyAll();
    rig.turns(3);

    rig.after(Duration.ofMinutes(3));

    assertThat(rig.consumer.heldCommits).hasSize(2);
  }

  @Test
  void aFencedMemberStopsVisibly() {
    rig.started(P0).receive(P0, 0);
    rig.consumer.commitFailures.add(new FencedInstanceIdException("another one came"));
    rig.writer.applyAll();

    assertThatThrownBy(() -> rig.turns(2)).isInstanceOf(FencedInstanceIdException.class);
  }

  @Test
  void aPartitionThatIsSetBackStartsOver() {
    rig.started(P0).receive(P0, 10, 11, 12);

    rig.consumer.seek(P0, 4);
    rig.receive(P0, 4, 5);
    rig.writer.apply("payments/0/10", "payments/0/11", "payments/0/12");
    rig.turns(2);
    assertThat(rig.consumer.commits).endsWith("payments-0@4");

    rig.writer.apply("payments/0/4", "payments/0/5");
    rig.turns(2);
    assertThat(rig.consumer.commits).endsWith("payments-0@6");
  }

  @Test
  void enoughRecordsBringACommitBeforeItsTime() {
    rig.options.commitInterval(Duration.ofHours(1)).commitRecords(5);
    rig.started(P0, P1).receive(P0, 0, 1, 2, 3).receive(P1, 0, 1, 2);
    rig.writer.apply("payments/0/0", "payments/0/1", "payments/1/0", "payments/1/1");
    rig.turns(3);
    assertThat(rig.consumer.commits).isEmpty();

    rig.writer.apply("payments/0/2");
    rig.turns(1);
    assertThat(rig.consumer.commits).containsExactly("payments-0@3", "payments-1@2");

    rig.writer.apply("payments/0/3", "payments/1/2");
    rig.turns(3);
    assertThat(rig.consumer.commits).hasSize(2);
  }

  @Test
  void enoughRecordsBringNoSecondCommitBesideOneThatIsUnderWay() {
    rig.options.commitRecords(1);
    rig.started(P0).receive(P0, 0, 1);
    rig.consumer.holdCommits = true;
    rig.writer.apply("payments/0/0");
    rig.turns(2);
    rig.writer.apply("payments/0/1");
    rig.turns(2);
    assertThat(rig.consumer.heldCommits).hasSize(1);
  }

  /** C4: offset and metadata of a commit are computed at different moments. */
  @Test
  void aCommitIsWhatWasDoneWhenItWasMadeAndNothingElse() {
    rig.started(P0, P1).receive(P0, 0, 1).receive(P1, 0);
    rig.consumer.holdCommits = true;
    rig.writer.apply("payments/0/0");
    rig.turns(2);
    rig.writer.apply("payments/0/1", "payments/1/0");
    rig.turns(2);

    rig.consumer.heldCommits.remove().run();

    assertThat(rig.consumer.commits).containsExactly("payments-0@1");
    assertThat(rig.consumer.committed(Set.of(P0)).get(P0).metadata()).isEmpty();
  }

  /** C24: stuck after a commit that timed out, while still in the group. */
  @Test
  void aCommitThatTimesOutIsMadeAgainForAsLongAsItTakes() {
    rig.started(P0).receive(P0, 0, 1);
    rig.writer.apply("payments/0/0");
    for (int failure = 0; failure < 23; failure++) {
      rig.consumer.commitFailures.add(new TimeoutException("no answer"));
    }
    rig.turns(53);
    assertThat(rig.consumer.commits).containsExactly("payments-0@1");

    rig.writer.apply("payments/0/1");
    rig.receive(P0, 2).turns(1);
    assertThat(rig.writer.accepted).hasSize(3);
    assertThat(rig.consumer.commits).endsWith("payments-0@2");
  }

  @Test
  void aPartitionSetBackIsReadAgainFromItsOpenRecord() {
    rig.started(P0).receive(P0, 10, 11, 12);
    rig.writer.apply("payments/0/11", "payments/0/12");
    rig.turns(2);

    rig.consumer.seek(P0, 12);
    rig.receive(P0, 12);

    assertThat(rig.consumer.position(P0)).isEqualTo(10);
    rig.receive(P0, 10, 11, 12);
    rig.writer.apply("payments/0/11", "payments/0/12");
    rig.turns(2);
    assertThat(rig.consumer.commits).endsWith("payments-0@10");
  }
}
