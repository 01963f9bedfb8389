package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static dev.sluice.kafka.internal.poll.LoopRig.P1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kafka.record.ConsumerMetrics;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.UnknownOutcomeException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** What happens is counted. */
class MetricsTest {
  private static final long MILLIS = 1_000_000;

  private final LoopRig rig = new LoopRig();
  private final List<String> told = new ArrayList<>();

  MetricsTest() {
    rig.metrics =
        (ConsumerMetrics)
            Proxy.newProxyInstance(
                ConsumerMetrics.class.getClassLoader(),
                new Class<?>[] {ConsumerMetrics.class},
                (proxy, method, arguments) ->
                    told.add(
                        method.getName()
                            + Arrays.stream(arguments)
                                .map(String::valueOf)
                                .collect(Collectors.joining(" ", " ", ""))));
  }

  private List<String> told(String name) {
    return told.stream().filter(each -> each.startsWith(name + " ")).toList();
  }

  @Test
  void recordsAreCountedAsTheyArriveAndEnd() {
    rig.mapper =
        record ->
            switch ((int) record.offset()) {
              case 0 -> Mapped.skip();
              case 1 -> Mapped.reject("no id");
              default -> Mapped.write(LoopRig.event("e"));
            };
    rig.started(P0).receive(P0, 0, 1, 2);
    rig.time.advance(Duration.ofMillis(37));
    rig.writer.applyAll();
    rig.producer.completeNext();
    rig.turns(1);

    assertThat(told("received")).containsExactly("received payments-0 3 30");
    assertThat(told("recordEnded"))
        .containsExactlyInAnyOrder(
            "recordEnded payments-0 SKIPPED 0",
            "recordEnded payments-0 DEAD_LETTERED " + 39 * MILLIS,
            "recordEnded payments-0 WRITTEN " + 39 * MILLIS);
    assertThat(told("deadLettered")).containsExactly("deadLettered payments-0 MAPPER_REJECTED");
  }

  @Test
  void theAgeOfAnEventIsTakenWhenItIsDurable() {
    rig.options.eventTimeHeader("happened");
    rig.started(P0);
    long now = rig.time.now().toEpochMilli();
    arrive(0, now - 503, null);
    arrive(1, now - 503, String.valueOf(now - 1_009));
    rig.turns(1);
    assertThat(told("eventDurable")).isEmpty();

    rig.time.advance(Duration.ofMillis(41));
    rig.writer.applyAll();
    rig.turns(1);

    assertThat(told("eventDurable"))
        .containsExactly("eventDurable payments-0 548", "eventDurable payments-0 1054");
  }

  @Test
  void whatIsSkippedOrDeadLetteredIsNoDurableEvent() {
    rig.mapper = record -> record.offset() == 0 ? Mapped.skip() : Mapped.reject("no id");
    rig.started(P0);
    arrive(0, 7, null);
    arrive(1, 7, null);
    rig.turns(1);
    rig.producer.completeNext();
    rig.turns(1);

    assertThat(told("recordEnded")).hasSize(2);
    assertThat(told("eventDurable")).isEmpty();
  }

  private void arrive(long offset, long timestamp, String happened) {
    var headers = new RecordHeaders();
    if (happened != null) {
      headers.add("happened", happened.getBytes(UTF_8));
    }
    rig.consumer.addRecord(
        new ConsumerRecord<>(
            "payments",
            0,
            offset,
            timestamp,
            TimestampType.CREATE_TIME,
            0,
            0,
            null,
            new byte[] {1},
            headers,
            Optional.empty()));
  }

  @Test
  void commitsAndTheirFailuresAreCounted() {
    rig.started(P0, P1).receive(P0, 0).receive(P1, 0);
    told.clear();
    rig.consumer.commitFailures.add(new RetriableCommitFailedException("try again"));
    rig.writer.applyAll();
    rig.turns(2);
    assertThat(told("commitFailed"))
        .containsExactly("commitFailed " + RetriableCommitFailedException.class.getName());

    rig.turns(3);
    assertThat(told("committed")).containsExactly("committed 2 0");
  }

  @Test
  void aCommitThatFailsInARebalanceIsCountedToo() {
    rig.started(P0).receive(P0, 0);
    rig.writer.applyAll();
    rig.consumer.commitFailures.add(new RebalanceInProgressException());
    rig.consumer.rebalance(List.of());
    assertThat(told("commitFailed"))
        .containsExactly("commitFailed " + RebalanceInProgressException.class.getName());
  }

  @Test
  void rebalancesAreCounted() {
    rig.started(P0, P1).receive(P0, 0).receive(P1, 0);
    rig.consumer.rebalance(List.of(P1));
    rig.loop.listener().onPartitionsLost(List.of(P1));

    assertThat(told("assigned")).containsExactly("assigned [payments-0, payments-1]");
    assertThat(told("revoked")).containsExactly("revoked [payments-0] 1");
    assertThat(told("lost")).containsExactly("lost [payments-1] 1");
  }

  @Test
  void whatIsTriedAgainIsCountedByStep() {
    rig.started(P0).receive(P0, 0);
    rig.writer.fail("payments/0/0", new UnknownOutcomeException("timed out", null));
    rig.turns(1).after(Duration.ofMillis(101));
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
    rig.turns(1);

    assertThat(told("retried"))
        .containsExactly(
            "retried payments-0 WRITE",
            "retried payments-0 DEAD_LETTER",
            "retried payments-0 RELEASE");
    assertThat(told("deadLetterNotTaken"))
        .containsExactly("deadLetterNotTaken payments-0 " + TimeoutException.class.getName());
  }

  @Test
  void eachPauseIsToldAsItBeginsAndEnds() {
    rig.options.maxOpenRecords(2);
    rig.started(P0, P1).receive(P0, 0, 1).turns(3);
    assertThat(told("paused")).containsExactly("paused payments-0 MAX_OPEN_RECORDS");
    assertThat(told("resumed")).isEmpty();
    rig.operatorPause.set(true);
    rig.turns(1);
    assertThat(told("paused")).contains("paused payments-0 OPERATOR", "paused payments-1 OPERATOR");

    rig.consumer.rebalance(List.of(P1));
    rig.turns(1);

    assertThat(told("resumed"))
        .containsExactlyInAnyOrder(
            "resumed payments-0 MAX_OPEN_RECORDS", "resumed payments-0 OPERATOR");
  }

  private void assertAllResumed() {
    assertThat(told("resumed"))
        .map(each -> each.replace("resumed", "paused"))
        .containsExactlyInAnyOrderElementsOf(told("paused"));
  }

  @Test
  void whatIsPausedIsToldAsResumedWhenTheConsumerCloses() {
    rig.options.maxOpenRecords(2);
    rig.started(P0, P1).receive(P0, 0, 1).turns(2);
    rig.close(Duration.ofSeconds(3), null);
    assertThat(told("paused"))
        .contains("paused payments-0 MAX_OPEN_RECORDS", "paused payments-1 CLOSING");
    assertAllResumed();
  }

  @Test
  void whatIsPausedIsToldAsResumedWhenTheConsumerFails() {
    rig.options.maxOpenRecords(2);
    rig.started(P0, P1).receive(P0, 0, 1).turns(2);
    rig.close(Duration.ofSeconds(3), new AssertionError("stopped"));
    assertThat(told("paused")).contains("paused payments-0 MAX_OPEN_RECORDS");
    assertAllResumed();
  }

  @Test
  void theTimeBetweenPollsIsToldBesideWhatItMustStayBelow() {
    rig.started(P0);
    rig.time.advance(Duration.ofSeconds(7));
    rig.loop.turn();
    assertThat(told("polled").get(0)).isEqualTo("polled 0 0 " + 300_000 * MILLIS);
    assertThat(told("polled")).endsWith("polled 0 " + 7_000 * MILLIS + " " + 300_000 * MILLIS);
  }

  @Test
  void theLoadIsToldEveryNowAndThen() {
    rig.started(P0).receive(P0, 3, 8);
    rig.time.advance(Duration.ofMillis(101));
    told.clear();
    rig.turns(50);

    assertThat(told("load")).containsExactly("load payments-0 6 2 20 " + 103 * MILLIS);
  }

  @Test
  void theLagIsToldAlsoWhileThePartitionIsPaused() {
    rig.options.maxOpenRecords(2);
    rig.started(P0).receive(P0, 0, 1).turns(1);
    assertThat(rig.consumer.paused()).containsExactly(P0);
    told.clear();

    rig.consumer.updateEndOffsets(Map.of(P0, 53L));
    rig.after(Duration.ofSeconds(10));
    rig.consumer.updateEndOffsets(Map.of(P0, 97L));
    rig.after(Duration.ofSeconds(10));

    assertThat(told("lag")).containsExactly("lag payments-0 53", "lag payments-0 97");
  }
}
