package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static dev.sluice.kafka.internal.poll.LoopRig.P1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kafka.record.ConsumerHealth;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.kafka.record.PauseReason;
import dev.sluice.model.UnknownOutcomeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HealthTest {
  private final LoopRig rig = new LoopRig();

  private ConsumerHealth.Partition p0() {
    rig.after(Duration.ofMillis(101));
    return rig.health().partitions().get(P0);
  }

  @Test
  void itSaysWhereEachPartitionStands() {
    rig.consumer.updateEndOffsets(Map.of(P0, 23L, P1, 5L));
    rig.started(P0, P1).receive(P0, 0, 1, 4);
    rig.writer.apply("payments/0/0");
    rig.turns(2);

    var partition = p0();
    assertThat(partition.committed()).isEqualTo(1);
    assertThat(partition.position()).isEqualTo(5);
    assertThat(partition.span()).isEqualTo(4);
    assertThat(partition.open().records()).isEqualTo(2);
    assertThat(partition.open().bytes()).isEqualTo(20);
    assertThat(partition.lag()).isEqualTo(22);
    assertThat(partition.pausedFor()).isEmpty();
    assertThat(rig.health().partitions()).containsOnlyKeys(P0, P1);
    assertThat(rig.health().isHealthy()).isTrue();
    assertThat(rig.health().problems()).isEmpty();
  }

  static Stream<Arguments> stuck() {
    return Stream.of(
        stuck("a completion that never comes", rig -> rig.receive(P0, 0)),
        stuck(
            "a write that is tried again and again",
            rig -> {
              rig.receive(P0, 0);
              rig.writer.fail("payments/0/0", new UnknownOutcomeException("timed out", null));
            }),
        stuck(
            "no room in the writer",
            rig -> {
              rig.writer.capacity = 0;
              rig.receive(P0, 0);
            }),
        stuck(
            "a dead letter that is never answered",
            rig -> {
              rig.mapper = record -> Mapped.reject("no id");
              rig.receive(P0, 0);
            }),
        stuck(
            "a dead letter that is refused",
            rig -> {
              rig.mapper = record -> Mapped.reject("no id");
              rig.receive(P0, 0);
              rig.producer.errorNext(new TimeoutException("no leader"));
            }));
  }

  private static Arguments stuck(String name, Consumer<LoopRig> how) {
    return Arguments.of(name, how);
  }

  /** C21: a leaked completion stops consumption, and nobody sees it. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("stuck")
  void nothingStaysOpenWithoutAnAgeThatShows(String name, Consumer<LoopRig> stuck) {
    rig.options
        .maxRecordAge(Duration.ofMinutes(7))
        .retryBackoff(Duration.ofHours(2), Duration.ofHours(2));
    rig.started(P0, P1);
    stuck.accept(rig);
    rig.turns(1);
    rig.after(Duration.ofMinutes(6));
    assertThat(rig.health().isHealthy()).isTrue();
    assertThat(p0().open().oldestAge()).isGreaterThan(Duration.ofMinutes(6));

    rig.after(Duration.ofMinutes(1));

    assertThat(p0().open().oldestAge()).isGreaterThan(Duration.ofMinutes(7));
    assertThat(rig.health().isHealthy()).isFalse();
    assertThat(rig.health().problems())
        .singleElement()
        .asString()
        .contains("A record of payments-0", "maxRecordAge, which is PT7M");
  }

  /** C38: liveness probes kill a consumer that gets on, again and again. */
  @Test
  void whoGetsOnSlowlyIsHealthy() {
    rig.options.maxOpenRecords(2_000).maxRecordAge(Duration.ofMinutes(10));
    rig.writer.capacity = 2;
    rig.started(P0, P1);
    for (long offset = 0; offset < 2_000; offset++) {
      for (int partition = 0; partition < 2; partition++) {
        rig.consumer.addRecord(
            new ConsumerRecord<>("payments", partition, offset, null, new byte[9]));
      }
    }
    Duration oldest = Duration.ZERO;
    for (int second = 0; second < 1_800; second++) {
      rig.after(Duration.ofSeconds(1));
      Duration age = p0().open().oldestAge();
      oldest = age.compareTo(oldest) > 0 ? age : oldest;
      rig.writer.applyAll();
      assertThat(rig.health().problems()).isEmpty();
    }
    assertThat(oldest).isGreaterThan(Duration.ofMinutes(12));
  }

  /** C39: a poll that brings nothing looks the same whether there is a broker or not. */
  @Test
  void whereNoBrokerAnswersItSays() {
    rig.consumer.updateEndOffsets(Map.of(P0, 11L));
    rig.started(P0).after(Duration.ofSeconds(20));
    assertThat(rig.health().polling().unansweredFor()).isZero();
    rig.consumer.endLookUpFailure = new TimeoutException("no broker");
    for (int i = 0; i < 5; i++) {
      rig.after(Duration.ofSeconds(10));
    }
    assertThat(rig.health().isHealthy()).isTrue();
    for (int i = 0; i < 3; i++) {
      rig.after(Duration.ofSeconds(10));
    }

    assertThat(p0().lag()).isNull();
    assertThat(rig.health().problems()).singleElement().asString().contains("No broker");
    rig.consumer.endLookUpFailure = null;
    rig.after(Duration.ofSeconds(10)).after(Duration.ofMillis(101));
    assertThat(rig.health().isHealthy()).isTrue();
  }

  @Test
  void aPollThatThrowsIsNoPoll() {
    rig.started(P0);
    rig.consumer.failure = new TimeoutException("no coordinator");
    for (int i = 0; i < 20; i++) {
      rig.after(Duration.ofSeconds(10));
    }
    assertThat(rig.health().polling().sinceLast()).isGreaterThan(Duration.ofSeconds(190));
    assertThat(rig.health().problems()).anySatisfy(each -> assertThat(each).contains("last poll"));
  }

  /** C26: a client that has lost its own question reads nothing, and fails nothing. */
  @Test
  void aPartitionWhoseCommittedOffsetIsNotFoundOutShows() {
    rig.open();
    rig.consumer.positionUnknown = true;
    rig.consumer.rebalance(List.of(P0));
    rig.turns(2).after(Duration.ofMinutes(9));
    assertThat(rig.health().isHealthy()).isTrue();
    assertThat(p0().unknownFor()).isGreaterThan(Duration.ofMinutes(8));

    rig.after(Duration.ofMinutes(2));
    assertThat(rig.health().problems())
        .singleElement()
        .asString()
        .contains("payments-0 has been owned for", "maxRecordAge, which is PT10M");

    rig.consumer.positionUnknown = false;
    rig.after(Duration.ofMillis(101));
    assertThat(p0().unknownFor()).isZero();
    assertThat(rig.health().isHealthy()).isTrue();
  }

  /** C21 again: what an old epoch has left with the writer holds room, and shows too. */
  @Test
  void whatAPartitionThatMovedAwayLeftWithTheWriterShows() {
    rig.started(P0, P1).receive(P0, 0, 1);
    rig.loop.listener().onPartitionsLost(List.of(P0));
    rig.consumer.rebalance(List.of(P1));
    rig.after(Duration.ofMinutes(9));
    assertThat(rig.health().isHealthy()).isTrue();
    assertThat(rig.health().oldestFormerAge()).isGreaterThan(Duration.ofMinutes(9));

    rig.after(Duration.ofMinutes(1));
    assertThat(rig.health().problems()).singleElement().asString().contains("moved away");

    rig.writer.applyAll();
    rig.turns(1).after(Duration.ofMillis(101));
    assertThat(rig.health().oldestFormerAge()).isZero();
    assertThat(rig.health().isHealthy()).isTrue();
  }

  @Test
  void theOldestRecordCountsNotTheLastAndNotTheFirst() {
    rig.started(P0).receive(P0, 0);
    rig.after(Duration.ofSeconds(101));
    rig.receive(P0, 1);
    rig.after(Duration.ofSeconds(7));
    rig.receive(P0, 2);
    rig.after(Duration.ofSeconds(11));
    rig.receive(P0, 3);
    rig.writer.apply("payments/0/0", "payments/0/2");
    rig.turns(1);

    assertThat(p0().open().oldestAge()).isBetween(Duration.ofSeconds(18), Duration.ofSeconds(19));
  }

  @Test
  void aThreadThatHangsShowsThoughItPublishesNothing() {
    rig.started(P0).receive(P0, 0).after(Duration.ofMillis(101));
    rig.time.advance(Duration.ofSeconds(149));
    assertThat(rig.health().polling().sinceLast()).isEqualTo(Duration.ofSeconds(149));
    assertThat(rig.health().partitions().get(P0).open().oldestAge())
        .isGreaterThan(Duration.ofSeconds(149));
    assertThat(rig.health().isHealthy()).isTrue();

    rig.time.advance(Duration.ofSeconds(2));

    assertThat(rig.health().problems())
        .containsExactly("The last poll was PT2M31S ago, and max.poll.interval.ms is 300000.");
  }

  @Test
  void itMayBeReadByAnyThreadWhileTheLoopPolls() {
    rig.started(P0).receive(P0, 0).after(Duration.ofMillis(101));
    int[] open = new int[1];
    rig.consumer.schedulePollTask(
        () ->
            open[0] =
                CompletableFuture.supplyAsync(rig::health)
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join()
                    .partitions()
                    .get(P0)
                    .open()
                    .records());
    rig.turns(1);
    assertThat(open[0]).isEqualTo(1);
  }

  @Test
  void itSaysWhyAPartitionIsPausedAtOnceAndAllReasons() {
    rig.options.maxOpenRecords(2);
    rig.started(P0, P1).receive(P0, 0, 1).turns(1);
    assertThat(rig.health().partitions().get(P0).pausedFor())
        .containsExactly(PauseReason.MAX_OPEN_RECORDS);

    rig.operatorPause.set(true);
    rig.turns(1);
    assertThat(rig.health().partitions().get(P0).pausedFor())
        .containsExactly(PauseReason.OPERATOR, PauseReason.MAX_OPEN_RECORDS);
    assertThat(rig.health().partitions().get(P1).pausedFor()).containsExactly(PauseReason.OPERATOR);
  }

  @Test
  void itSaysSinceWhenTheDeadLetterTopicRefuses() {
    rig.mapper = record -> Mapped.reject("no id");
    rig.started(P0).receive(P0, 0);
    assertThat(rig.health().deadLetters().notTakenFor()).isNull();
    rig.producer.errorNext(new TimeoutException("no leader"));
    rig.turns(2);
    rig.after(Duration.ofSeconds(53));
    rig.producer.errorNext(new TimeoutException("no leader"));
    rig.turns(1).after(Duration.ofSeconds(7));

    assertThat(rig.health().deadLetters().notTakenFor())
        .isBetween(Duration.ofSeconds(60), Duration.ofSeconds(61));
    assertThat(p0().pausedFor()).containsExactly(PauseReason.DEAD_LETTERS_NOT_TAKEN);

    rig.producer.completeNext();
    rig.turns(1).after(Duration.ofMillis(101));
    assertThat(rig.health().deadLetters().notTakenFor()).isNull();
  }

  @Test
  void itSaysHowCommitsGo() {
    rig.open().turns(1);
    assertThat(rig.health().commits().sinceLast()).isNull();
    rig.consumer.rebalance(List.of(P0));
    rig.turns(2).receive(P0, 0).after(Duration.ofSeconds(11));
    assertThat(rig.health().commits().sinceLast()).isGreaterThan(Duration.ofSeconds(11));
    assertThat(rig.health().commits().failures()).isZero();

    for (int failure = 0; failure < 101; failure++) {
      rig.consumer.commitFailures.add(new RetriableCommitFailedException("try again"));
    }
    rig.writer.applyAll();
    rig.turns(4).after(Duration.ofMillis(101));
    assertThat(rig.health().commits().failures()).isBetween(4, 6);
    assertThat(rig.health().commits().sinceLast()).isGreaterThan(Duration.ofSeconds(11));

    rig.consumer.commitFailures.clear();
    rig.turns(3).after(Duration.ofMillis(101));
    assertThat(rig.health().commits().failures()).isZero();
    assertThat(rig.health().commits().sinceLast()).isLessThan(Duration.ofSeconds(1));
  }
}
