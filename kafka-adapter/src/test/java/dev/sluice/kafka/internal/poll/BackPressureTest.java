package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static dev.sluice.kafka.internal.poll.LoopRig.P1;
import static dev.sluice.kafka.internal.poll.LoopRig.P2;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kafka.FakeWriter;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.kafka.record.PauseReason;
import dev.sluice.model.UnknownOutcomeException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class BackPressureTest {
  private final LoopRig rig = new LoopRig();

  /** C41: records of a few bytes with headers of a megabyte exhaust the memory. */
  @Test
  void headersCountAsBytesInWork() {
    rig.options.maxOpenBytes(10_000);
    rig.started(P0);
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>("payments", 0, 0, null, new byte[3]);
    record.headers().add("trace", new byte[20_000]);
    rig.consumer.addRecord(record);
    rig.turns(2).after(Duration.ofMillis(101));

    var partition = rig.health().partitions().get(P0);
    assertThat(partition.open().bytes()).isBetween(20_000L, 20_200L);
    assertThat(partition.pausedFor()).containsExactly(PauseReason.MAX_OPEN_BYTES);
  }

  @Test
  void aRecordThatFindsNoRoomWaitsAtTheHeadOfItsPartition() {
    rig.writer.capacity = 2;
    rig.started(P0).receive(P0, 0, 1, 2, 3).turns(2);
    assertThat(rig.writer.accepted).containsExactly("payments/0/0", "payments/0/1");

    rig.writer.apply("payments/0/1");
    rig.turns(2);
    assertThat(rig.writer.accepted).containsExactly("payments/0/0", "payments/0/1", "payments/0/2");

    rig.writer.apply("payments/0/0", "payments/0/2");
    rig.turns(2);
    assertThat(rig.writer.accepted)
        .containsExactly("payments/0/0", "payments/0/1", "payments/0/2", "payments/0/3");
  }

  @Test
  void aRecordIsMappedOnceHoweverLongItWaitsForRoom() {
    int[] mappings = {0};
    rig.mapper =
        record -> {
          mappings[0]++;
          return Mapped.write(LoopRig.event("e" + record.offset()));
        };
    rig.writer.capacity = 0;
    rig.started(P0).receive(P0, 0).turns(5);

    rig.writer.capacity = 1;
    assertThat(mappings[0]).isEqualTo(1);
  }

  @Test
  void aFullWriterStarvesNoPartition() {
    rig.writer.capacity = 1;
    rig.started(P0, P1);
    for (long offset = 0; offset < 7; offset++) {
      rig.receive(P0, offset, null, "a");
      rig.receive(P1, offset, null, "b");
    }
    for (int round = 0; round < 5; round++) {
      rig.turns(1);
      rig.writer.applyAll();
    }

    assertThat(rig.writer.accepted)
        .anyMatch(source -> source.startsWith("payments/0/"))
        .anyMatch(source -> source.startsWith("payments/1/"));
  }

  @Test
  void aPartitionPausesAtItsLimitAndResumesAtHalf() {
    rig.options.maxOpenRecords(4);
    rig.started(P0, P1).receive(P0, 0, 1, 2, 3).turns(1);
    assertThat(rig.consumer.paused()).containsExactly(P0);
    int polls = rig.consumer.polls;
    rig.turns(3);
    assertThat(rig.consumer.polls).isEqualTo(polls + 3);

    rig.writer.apply("payments/0/0");
    rig.turns(1);
    assertThat(rig.consumer.paused()).containsExactly(P0);
    rig.writer.apply("payments/0/3");
    rig.turns(1);
    assertThat(rig.consumer.paused()).isEmpty();
  }

  @Test
  void aPartitionPausesAtItsShareOfTheBytes() {
    rig.options.maxOpenBytes(40);
    rig.started(P0, P1).receive(P0, 0, 1).turns(1);
    assertThat(rig.loop.paused()).containsOnlyKeys(P0);
    assertThat(rig.consumer.paused()).containsExactly(P0);
  }

  /** Ten bytes of a key whose writes fail for as long as the test lasts. */
  private void fail(TopicPartition partition, long... offsets) {
    for (long offset : offsets) {
      rig.receive(partition, offset, "k", "123456789");
    }
    rig.turns(1);
    for (FakeWriter.Pending each : List.copyOf(rig.writer.pending)) {
      rig.writer.fail(each.source().value(), new UnknownOutcomeException("timed out", null));
    }
    rig.turns(1);
  }

  private void retryRarely() {
    rig.options.retryBackoff(Duration.ofHours(2), Duration.ofHours(2));
  }

  @Test
  void bytesThatWaitForARetryDoNotHoldAPartition() {
    retryRarely();
    rig.options.maxOpenBytes(120);
    rig.started(P0, P1);
    fail(P0, 0, 1, 2, 3);
    assertThat(rig.consumer.paused()).as("40 of 60").isEmpty();
    rig.receive(P0, 4, 5).turns(1);
    assertThat(rig.loop.paused()).containsEntry(P0, "maxOpenBytes");

    rig.writer.applyAll();
    rig.turns(1);

    assertThat(rig.loop.paused()).isEmpty();
    rig.receive(P0, 6);
    assertThat(rig.writer.accepted).endsWith("payments/0/6");
  }

  @Test
  void bytesThatWaitForARetryAreBoundedToo() {
    retryRarely();
    rig.options.maxOpenBytes(80);
    rig.started(P0, P1);
    fail(P0, 0);
    fail(P0, 1);
    assertThat(rig.loop.paused()).as("20 of 40").isEmpty();
    fail(P0, 2);
    assertThat(rig.loop.paused()).as("30 of 40").containsEntry(P0, "maxOpenBytes").hasSize(1);
  }

  @Test
  void partitionsThatAreStuckKeepNoOtherOut() {
    retryRarely();
    rig.options.maxOpenBytes(90);
    rig.started(P0, P1, P2);
    fail(P0, 0, 1, 2, 3, 4);
    fail(P1, 0, 1, 2, 3, 4);

    assertThat(rig.loop.paused()).containsOnlyKeys(P0, P1);
    rig.receive(P2, 0);
    assertThat(rig.writer.accepted).endsWith("payments/2/0");
  }

  @Test
  void writesOfAPartitionThatMovedAwayCountUntilTheyEnd() {
    retryRarely();
    rig.options.maxOpenBytes(100);
    rig.started(P0, P1);
    fail(P1, 0, 1, 2, 3, 4, 5);
    rig.receive(P0, 0, 1, 2, 3);
    rig.consumer.rebalance(List.of(P1));
    rig.turns(1);
    assertThat(rig.loop.paused()).as("100 of 100").containsEntry(P1, "maxOpenBytes");

    rig.writer.applyAll();
    rig.turns(1);

    assertThat(rig.loop.paused()).as("60 of 100").isEmpty();
  }

  @Test
  void readingDoesNotRunFartherAheadThanTheSpan() {
    rig.options.maxOpenRecords(3).maxOffsetSpan(11);
    rig.started(P0).receive(P0, 0, 12).turns(1);
    assertThat(rig.loop.paused()).containsEntry(P0, "maxOffsetSpan");

    rig.writer.apply("payments/0/0");
    rig.turns(1);
    assertThat(rig.loop.paused()).isEmpty();
  }

  @Test
  void recordsThatWaitForARetryDoNotFillTheIntake() {
    rig.options.maxOpenRecords(2).retryBackoff(Duration.ofSeconds(7), Duration.ofSeconds(7));
    rig.started(P0).receive(P0, 0, 1);
    rig.writer.fail("payments/0/0", new UnknownOutcomeException("timed out", null));
    rig.writer.fail("payments/0/1", new UnknownOutcomeException("timed out", null));
    rig.turns(1);

    assertThat(rig.consumer.paused()).isEmpty();
    rig.receive(P0, 2).turns(1);
    assertThat(rig.writer.accepted).endsWith("payments/0/2");
  }

  /** C15: our view of what is paused drifts from the client's. */
  @Test
  void pausesThatARebalanceForgotAreSetAgain() {
    rig.options.maxOpenRecords(2);
    rig.started(P0).receive(P0, 0, 1).turns(1);
    rig.consumer.resume(List.of(P0));

    rig.turns(1);

    assertThat(rig.consumer.paused()).containsExactly(P0);
  }

  /** C15: our view of what is paused drifts from the client's. */
  @Test
  void whatSomebodyElseHasPausedIsResumed() {
    rig.started(P0, P1);
    rig.consumer.pause(List.of(P0, P1));

    rig.turns(1);

    assertThat(rig.consumer.paused()).isEmpty();
    assertThat(rig.loop.paused()).isEmpty();
  }

  @Test
  void aSlowMapperDoesNotKeepTheLoopFromPolling() {
    int[] mapped = {0};
    rig.mapper =
        record -> {
          mapped[0]++;
          rig.time.advance(Duration.ofSeconds(3));
          return Mapped.skip();
        };
    rig.started(P0);
    rig.receive(P0, 0, 1, 2, 3, 4);
    assertThat(mapped[0]).as("between two polls").isEqualTo(1);

    rig.turns(6);
    assertThat(mapped[0]).isEqualTo(5);
    assertThat(rig.consumer.commits).endsWith("payments-0@5");
  }
}
