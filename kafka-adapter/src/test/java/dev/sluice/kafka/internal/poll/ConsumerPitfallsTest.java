package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static dev.sluice.kafka.internal.poll.LoopRig.P1;
import static dev.sluice.kafka.internal.poll.LoopRig.P2;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kafka.internal.time.CloseBudget;
import dev.sluice.kafka.record.Mapped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedMemberEpochException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bugs that other consumers had, by their numbers in {@code docs/pitfalls.md}. */
class ConsumerPitfallsTest {
  private final LoopRig rig = new LoopRig();

  private static List<KafkaException> rebalancing() {
    return List.of(
        new RebalanceInProgressException(),
        new CommitFailedException(),
        new StaleMemberEpochException("a heartbeat came between"),
        new FencedMemberEpochException("frozen for too long"),
        new UnknownMemberIdException("frozen for too long"),
        new RetriableCommitFailedException("the coordinator moves"));
  }

  /** C3: a rebalance that comes between a commit and its answer kills the polling thread. */
  @ParameterizedTest
  @MethodSource("rebalancing")
  void aCommitThatMeetsARebalanceEndsNeitherTheLoopNorTheRevoke(KafkaException failure) {
    rig.started(P0, P1).receive(P0, 0).receive(P1, 0);
    rig.consumer.commitFailures.add(failure);
    rig.writer.apply("payments/0/0");
    rig.turns(1);
    rig.consumer.commitFailures.add(failure);
    rig.writer.apply("payments/1/0");

    rig.consumer.rebalance(List.of(P1));
    rig.turns(3);

    assertThat(rig.consumer.commits).containsExactly("payments-1@1");
  }

  /** C3 again: the coordinator knows the member no more, which a poll mends. */
  @ParameterizedTest
  @MethodSource("rebalancing")
  void aLookUpOrAPollThatMeetsARebalanceDoesNotEndTheLoop(KafkaException failure) {
    rig.open();
    rig.consumer.lookUpFailure = failure;
    rig.consumer.rebalance(List.of(P0));
    rig.receive(P0, 0).turns(2);
    assertThat(rig.writer.accepted).isEmpty();
    rig.consumer.lookUpFailure = null;
    rig.consumer.setPollException(failure);
    rig.turns(3);
    assertThat(rig.writer.accepted).containsExactly("payments/0/0");

    rig.writer.applyAll();
    rig.turns(2);
    rig.consumer.updateEndOffsets(Map.of(P0, 7L));
    rig.consumer.lookUpFailure = failure;
    rig.after(Duration.ofMinutes(1));
    assertThat(rig.consumer.commits).endsWith("payments-0@1");
  }

  /** C15 again: what was given up a moment ago still looks as if it were owned. */
  @Test
  void aPartitionThatLingersAfterItWasGivenUpDoesNotEndTheLoop() {
    rig.options.maxOpenRecords(1);
    rig.started(P0, P1).receive(P0, 0).turns(1);
    rig.consumer.lingering.add(P2);
    rig.turns(1);
    assertThat(rig.consumer.paused()).containsExactly(P0);
    rig.writer.applyAll();
    rig.consumer.rebalance(List.of(P1));
    rig.consumer.lingering.add(P0);
    rig.turns(1);

    rig.receive(P1, 0).turns(1);
    assertThat(rig.writer.accepted).endsWith("payments/1/0");
    assertThat(rig.loop.paused()).doesNotContainKey(P0);
  }

  /** C5: a record that comes again is dropped, since its offset is taken for the one before. */
  @Test
  void aRecordThatComesAgainIsANewOneThoughItsOffsetIsNot() {
    rig.started(P0).receive(P0, 0, 1);
    rig.loop.listener().onPartitionsLost(List.of(P0));
    rig.loop.listener().onPartitionsAssigned(List.of(P0));
    rig.consumer.seek(P0, 0);
    rig.receive(P0, 0, 1);
    rig.writer.applyAll();
    rig.turns(2);
    assertThat(rig.writer.accepted)
        .containsExactly("payments/0/0", "payments/0/1", "payments/0/0", "payments/0/1");
    assertThat(rig.consumer.commits).isEmpty();

    rig.writer.applyAll();
    rig.turns(2);

    assertThat(rig.consumer.commits).containsExactly("payments-0@2");
  }

  /** C11: what retention or compaction took is waited for, and the partition paused for ever. */
  @Test
  void aGapWiderThanTheSpanPausesOnlyUntilWhatIsOpenEnds() {
    rig.options.maxOpenRecords(7).maxOffsetSpan(101);
    rig.started(P0).receive(P0, 0, 1_000_003).turns(1);
    assertThat(rig.loop.paused()).containsEntry(P0, "maxOffsetSpan");

    rig.writer.apply("payments/0/0");
    rig.turns(2);
    assertThat(rig.consumer.paused()).isEmpty();
    assertThat(rig.consumer.commits).containsExactly("payments-0@1000003");
    rig.receive(P0, 1_000_004).turns(1);

    assertThat(rig.writer.accepted).endsWith("payments/0/1000003", "payments/0/1000004");
  }

  /** C16: what was done on a partition is committed again after it moved away. */
  @Test
  void whatIsDoneOnARevokedPartitionIsNotCommittedAfterIt() {
    rig.options.drainTimeout(Duration.ofMillis(101));
    rig.started(P0, P1).receive(P0, 0, 1).receive(P1, 0);
    rig.consumer.holdCommits = true;
    rig.writer.apply("payments/0/0");
    rig.turns(1);
    assertThat(rig.consumer.heldCommits).hasSize(1);
    rig.consumer.rebalance(List.of(P1));
    rig.consumer.holdCommits = false;
    rig.consumer.commits.clear();

    rig.consumer.commitFailures.add(new RetriableCommitFailedException("try again"));
    rig.consumer.heldCommits.remove().run();
    rig.writer.apply("payments/0/1", "payments/1/0");
    rig.turns(5);
    rig.close(Duration.ofSeconds(1), null);

    assertThat(rig.consumer.commits).containsExactly("payments-1@1");
  }

  /** C17: revoke and assign are taken for brackets around every rebalance. */
  @ParameterizedTest
  @ValueSource(longs = {3, 5, 7, 11, 13, 17, 19})
  void callbacksNeedNotComeInPairs(long seed) {
    var random = new Random(seed);
    rig.options.drainTimeout(Duration.ofMillis(53));
    rig.started(P0, P1);
    ConsumerRebalanceListener listener = rig.loop.listener();
    for (int step = 0; step < 211; step++) {
      List<TopicPartition> some = some(random);
      switch (random.nextInt(5)) {
        case 0 -> listener.onPartitionsAssigned(some);
        case 1 -> listener.onPartitionsRevoked(some);
        case 2 -> listener.onPartitionsLost(some);
        default -> rig.writer.applyAll();
      }
      rig.turns(1);
    }
    rig.consumer.rebalance(List.of(P0));
    rig.consumer.seek(P0, 0);
    rig.consumer.commits.clear();
    rig.receive(P0, 0, 1).turns(2);
    rig.writer.applyAll();
    rig.turns(2);

    assertThat(rig.consumer.commits).as("seed %d", seed).endsWith("payments-0@2");
    assertThat(rig.consumer.commits)
        .as("seed %d", seed)
        .allMatch(it -> it.startsWith("payments-0"));
  }

  private static List<TopicPartition> some(Random random) {
    List<TopicPartition> some = new ArrayList<>(List.of(P0, P1, P2));
    some.removeIf(id -> random.nextBoolean());
    return some;
  }

  /** C17 again: a partition goes, and nobody says so. */
  @Test
  void aPartitionThatGoesWithoutACallbackIsNotCommitted() {
    rig.started(P0, P1).receive(P0, 0).receive(P1, 0);
    rig.consumer.gone = Set.of(P0);
    rig.turns(1);

    rig.writer.applyAll();
    rig.turns(2);

    assertThat(rig.consumer.commits).containsExactly("payments-1@1");
    assertThat(rig.health().partitions()).containsOnlyKeys(P1);
  }

  /** C18: a dead letter has no place in a topic with fewer partitions than the source. */
  @Test
  void aDeadLetterNamesNoPartition() {
    rig.mapper = record -> Mapped.reject("poison");
    rig.started(P2).receive(P2, 0);

    assertThat(rig.producer.history()).singleElement().matches(each -> each.partition() == null);
  }

  /** C19: retention moves the position forward, and an old offset is committed for ever. */
  @Test
  void whatRetentionTookIsNotHeldOnTo() {
    rig.started(P0).receive(P0, 5, 6);
    rig.writer.apply("payments/0/6");
    rig.consumer.updateBeginningOffsets(Map.of(P0, 101L));
    rig.consumer.seek(P0, 101);
    rig.receive(P0, 101);
    rig.writer.apply("payments/0/101");
    rig.turns(2);
    assertThat(rig.consumer.commits).containsExactly("payments-0@5");

    rig.writer.apply("payments/0/5");
    rig.turns(2);

    assertThat(rig.consumer.commits).endsWith("payments-0@102");
  }

  /** C22: close waits for as long as a revoke does that began before it was asked for. */
  @Test
  void aCloseEndsTheWaitOfARevokeThatIsUnderWay() {
    rig.started(P0).receive(P0, 0);
    var before = rig.time.now();
    var unused =
        rig.time
            .scheduler()
            .schedule(
                () -> rig.loop.closeWithin(CloseBudget.of(rig.time.clock(), Duration.ofSeconds(3))),
                503,
                TimeUnit.MILLISECONDS);

    rig.consumer.rebalance(List.of());

    assertThat(Duration.between(before, rig.time.now()))
        .isBetween(Duration.ofMillis(503), Duration.ofSeconds(3));
  }

  /** C22 again: what closing did not wait for, the revoke that closing brings does not either. */
  @Test
  void closingLeavesTimeToLeaveTheGroup() {
    rig.started(P0).receive(P0, 0);
    rig.consumer.revokesOnClose = true;
    var before = rig.time.now();

    var report = rig.close(Duration.ofSeconds(9), null);

    assertThat(report.unfinished()).containsEntry(P0, 1);
    assertThat(Duration.between(before, rig.time.now()))
        .isBetween(Duration.ofSeconds(6), Duration.ofMillis(6_101));
  }

  /** C25: a record need have neither key nor value nor headers. */
  @Test
  void aRecordMayLackAllButItsOffset() {
    rig.mapper =
        record ->
            record.value() == null && record.offset() < 2
                ? Mapped.write(LoopRig.event("e" + record.offset()))
                : Mapped.reject("no");
    rig.started(P0);
    rig.receive(P0, 0, null, null);
    rig.receive(P0, 1, "", null);
    rig.receive(P0, 2, null, null);
    rig.receive(P0, 3, "", "");
    rig.turns(2);
    rig.writer.applyAll();
    while (rig.producer.completeNext()) {
      rig.turns(1);
    }
    rig.turns(2);

    assertThat(rig.consumer.commits).endsWith("payments-0@4");
    assertThat(rig.producer.history())
        .extracting(each -> Arrays.toString(each.key()) + Arrays.toString(each.value()))
        .containsExactly("nullnull", "[][]");
  }

  /** C25 again: a record from before the position was set back is none of the new ones. */
  @Test
  void aRecordFromBeforeAResetMovesNothingAfterIt() {
    rig.started(P0).receive(P0, 10, 11);
    rig.consumer.seek(P0, 3);
    rig.receive(P0, 3);
    rig.writer.apply("payments/0/10", "payments/0/11");
    rig.turns(2);
    rig.writer.apply("payments/0/3");
    rig.turns(2);

    assertThat(rig.consumer.commits).endsWith("payments-0@4");
  }

  /** C25 again: what a new schema brings that the mapper does not know is a dead letter. */
  @Test
  void aSchemaThatTheMapperDoesNotKnowHoldsNobodyUp() {
    rig.mapper =
        record -> {
          if (record.value().length > "value-0".length()) {
            throw new IllegalArgumentException("unknown version");
          }
          return Mapped.write(LoopRig.event("e" + record.offset()));
        };
    rig.started(P0).receive(P0, 9, 10, 11);
    rig.consumer.addRecord(new ConsumerRecord<>("payments", 0, 12, new byte[] {1}, new byte[] {2}));
    rig.turns(1);

    assertThat(rig.writer.accepted).containsExactly("payments/0/9", "payments/0/12");
    assertThat(rig.producer.history()).hasSize(2);
  }
}
