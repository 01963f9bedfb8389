package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static dev.sluice.kafka.internal.poll.LoopRig.P1;
import static dev.sluice.kafka.internal.poll.LoopRig.P2;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kafka.internal.partition.FormerEpochs;
import dev.sluice.kafka.internal.partition.KeyOrder;
import dev.sluice.kafka.internal.partition.OpenBytes;
import dev.sluice.kafka.internal.partition.OpenRecord;
import dev.sluice.kafka.internal.partition.PartitionEpoch;
import dev.sluice.kafka.internal.partition.SharedEpochs;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.kafka.record.RecordMapper;
import dev.sluice.model.ConfigurationException;
import dev.sluice.model.Outcome;
import dev.sluice.model.ReadTimeoutException;
import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.UnknownOutcomeException;
import dev.sluice.model.Write;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What a record whose write fails means for those of its key, and for nobody else. */
class KeyOrderTest {
  private static final Duration LONGEST = Duration.ofSeconds(10);
  private static final Duration REST = LONGEST.plusMillis(1);
  private final LoopRig rig = new LoopRig();

  @BeforeEach
  void restLong() {
    rig.options.retryBackoff(LONGEST, LONGEST);
  }

  private static Map<String, AttributeValue> item(ConsumerRecord<byte[], byte[]> record) {
    return Map.of("id", AttributeValue.fromS(new String(record.key(), UTF_8)));
  }

  private static Write put(ConsumerRecord<byte[], byte[]> record) {
    return Write.event("e" + record.offset()).put("payments", item(record));
  }

  private void receive(String key, long... offsets) {
    for (long offset : offsets) {
      rig.receive(P0, offset, key, "v" + offset);
    }
    rig.turns(1);
  }

  private void failUnknown(long... offsets) {
    for (long offset : offsets) {
      rig.writer.fail("payments/0/" + offset, new UnknownOutcomeException("timed out", null));
    }
    rig.turns(1);
  }

  private void apply(long... offsets) {
    for (long offset : offsets) {
      rig.writer.apply("payments/0/" + offset);
    }
    rig.turns(1);
  }

  private List<String> accepted() {
    return rig.writer.accepted.stream().map(each -> each.substring(11)).toList();
  }

  @Test
  void withoutAFailureTheRecordsOfAKeyDoNotWaitForEachOther() {
    rig.started(P0);
    receive("a", 0, 1, 2, 3, 4);
    assertThat(accepted()).containsExactly("0", "1", "2", "3", "4");
  }

  @Test
  void aFailureHoldsBackLaterRecordsOfItsKeyOnly() {
    rig.started(P0, P1);
    receive("a", 0);
    failUnknown(0);
    receive("a", 1, 2);
    receive("b", 3);
    receive("a", 5);
    receive(null, 7);
    rig.receive(P1, 0, "a", "v");
    rig.turns(1);
    assertThat(rig.writer.accepted)
        .containsExactly("payments/0/0", "payments/0/3", "payments/0/7", "payments/1/0");
    rig.writer.accepted.clear();

    rig.after(REST);
    assertThat(accepted()).containsExactly("0");
    apply(0);
    assertThat(accepted()).containsExactly("0", "1", "2", "5");
    apply(5, 1, 2, 3, 7);
    rig.turns(2);
    assertThat(rig.consumer.commits).endsWith("payments-0@8");
  }

  @Test
  void whatIsHeldBackIsMappedWhenItGoes() {
    rig.started(P0);
    receive("a", 0);
    failUnknown(0);
    rig.mapper = record -> Mapped.skip();
    receive("a", 1, 2, 3);
    rig.after(REST);
    apply(0);
    rig.turns(2);
    assertThat(rig.consumer.commits).endsWith("payments-0@4");
  }

  /** Else the older put would be the last to arrive. */
  @Test
  void putsThatHadGoneAheadOfARetryAreMadeAgainBehindIt() {
    rig.mapper = record -> Mapped.write(put(record));
    rig.started(P0);
    receive("a", 0, 1, 2);
    apply(1);
    failUnknown(0);
    assertThat(rig.consumer.commits).isEmpty();
    rig.after(REST);
    assertThat(accepted()).as("2 is still with the writer").containsExactly("0", "1", "2");

    apply(2);
    assertThat(accepted()).containsExactly("0", "1", "2", "0");
    rig.turns(3);
    assertThat(accepted()).as("nobody passes the retry").hasSize(4);
    apply(0);
    assertThat(accepted()).containsExactlyInAnyOrder("0", "1", "2", "0", "1", "2");
    assertThat(rig.consumer.commits).as("1 and 2 are not done").containsExactly("payments-0@1");

    apply(2, 1);
    rig.turns(2);
    assertThat(rig.consumer.commits).endsWith("payments-0@3");
  }

  @Test
  void createsAndVersionedEffectsAreNotMadeAgain() {
    rig.mapper =
        record ->
            Mapped.write(
                record.offset() == 1
                    ? Write.event("e1").create("payments", item(record))
                    : Write.event("e" + record.offset())
                        .putIfNewer("payments", item(record), record.offset()));
    rig.started(P0);
    receive("a", 0, 1, 2);
    apply(1);
    failUnknown(0);
    apply(2);
    rig.after(REST);
    apply(0);
    rig.turns(2);

    assertThat(accepted()).containsExactly("0", "1", "2", "0");
    assertThat(rig.consumer.commits).containsExactly("payments-0@3");
  }

  @Test
  void aCreateIsMadeAgainBehindADeleteThatFailed() {
    rig.mapper =
        record ->
            Mapped.write(
                record.offset() == 0
                    ? Write.event("e0").delete("payments", item(record))
                    : Write.event("e1").create("payments", item(record)));
    rig.started(P0);
    receive("a", 0, 1);
    apply(1);
    failUnknown(0);
    rig.after(REST);
    apply(0);
    assertThat(accepted()).containsExactly("0", "1", "0", "1");
  }

  /** C14: two failing records on one partition. */
  @Test
  void manyFailuresOfOneKeyAreTriedAgainInTheirOrder() {
    rig.mapper = record -> Mapped.write(put(record));
    rig.started(P0);
    receive("a", 0, 1, 2, 3, 5);
    failUnknown(2, 0, 5, 1);
    apply(3);
    for (int round = 0; round < 3; round++) {
      rig.after(REST);
      assertThat(rig.writer.pending).hasSize(1);
      failUnknown(0);
    }
    rig.after(REST);
    apply(0);
    assertThat(rig.writer.pending)
        .extracting(each -> each.source().value())
        .containsExactly("payments/0/1", "payments/0/2", "payments/0/3", "payments/0/5");
    rig.writer.applyAll();
    rig.turns(2);
    assertThat(rig.consumer.commits).endsWith("payments-0@6");
  }

  @Test
  void aDeadLetterHoldsNobodyBack() {
    rig.mapper = record -> Mapped.write(put(record));
    rig.started(P0);
    receive("a", 0, 1);
    failUnknown(0);
    apply(1);
    receive("a", 2);
    rig.after(REST);
    rig.writer.fail(
        "payments/0/0",
        new RejectedWriteException("Refused", "ValidationException", true, List.of()));
    rig.turns(2);

    assertThat(rig.producer.history()).as("it is not even acknowledged").hasSize(1);
    assertThat(accepted()).containsExactly("0", "1", "0", "1", "2");
  }

  @Test
  void ofSeveralWritesThoseBehindTheOneThatFailedAreMadeAgainWithIt() {
    rig.mapper = record -> Mapped.writes(List.of(put(record), put(record), put(record)));
    rig.started(P0);
    receive("a", 0);
    rig.writer.apply("payments/0/0#0", "payments/0/0#2");
    rig.writer.fail("payments/0/0#1", new UnknownOutcomeException("timed out", null));
    rig.turns(1);
    rig.writer.accepted.clear();

    rig.after(REST);
    assertThat(accepted()).containsExactly("0#1", "0#2");
    rig.writer.applyAll();
    rig.turns(2);
    assertThat(rig.consumer.commits).containsExactly("payments-0@1");
  }

  /** C9: a rest that was planned for an earlier attempt does not end a later one's. */
  @Test
  void aRestThatIsOverdueEndsNoLaterOne() {
    var partition =
        new PartitionEpoch(
            P0,
            new OpenBytes(),
            done -> {},
            new FormerEpochs<>(List.of()),
            new SharedEpochs(1).begin(P0, this));
    partition.receive(
        new ConsumerRecord<>("payments", 0, 0, null, new byte[] {1}), java.time.Instant.EPOCH);
    OpenRecord record = partition.head();
    record.begun = true;
    record.mapped(List.of(Write.event("e")));
    for (int attempt = 1; attempt <= 3; attempt++) {
      assertThat(partition.order.admit(record)).isTrue();
      record.taken(0);
      assertThat(partition.order.failed(record, 0)).isTrue();
      record.attemptAgain();
      for (int overdue = 1; overdue <= attempt; overdue++) {
        partition.order.retryDelayOver(record, overdue);
        assertThat(KeyOrder.goes(record)).isFalse();
      }
      partition.order.retryDelayOver(record, attempt + 1);
      assertThat(partition.order.due()).isSameAs(record);
    }
  }

  /** C10: what waits behind a failure takes no place from others. */
  @Test
  void whatIsHeldBackDoesNotFillTheIntake() {
    rig.options.maxOpenRecords(3);
    rig.started(P0);
    receive("a", 0, 1);
    failUnknown(0);
    apply(1);
    receive("a", 2, 3, 4, 5, 6);
    assertThat(rig.loop.paused()).isEmpty();
    receive("b", 7);
    assertThat(accepted()).endsWith("7");
  }

  /** C10: what fails again and again takes no place from others while the writer tries it. */
  @Test
  void whatIsTriedAgainDoesNotFillTheIntake() {
    rig.options.maxOpenRecords(3);
    rig.started(P0);
    receive("a", 0);
    receive("b", 1);
    receive("c", 2);
    failUnknown(0, 1, 2);
    rig.after(REST);
    assertThat(accepted()).containsExactlyInAnyOrder("0", "1", "2", "0", "1", "2");

    receive("d", 3);
    assertThat(rig.loop.paused()).isEmpty();
    assertThat(accepted()).endsWith("3");
  }

  @Test
  void theSpanHoldsForWhatIsHeldBack() {
    rig.options.maxOpenRecords(3).maxOffsetSpan(5);
    rig.started(P0);
    receive("a", 0);
    failUnknown(0);
    receive("a", 1, 2, 3, 4, 5, 6);
    rig.turns(1);
    assertThat(rig.loop.paused()).containsKey(P0);
    rig.after(REST);
    apply(0);
    rig.writer.applyAll();
    rig.turns(3);
    rig.writer.applyAll();
    rig.turns(3);
    assertThat(rig.loop.paused()).isEmpty();
    assertThat(rig.consumer.commits).endsWith("payments-0@7");
  }

  /** C12: what ends after its epoch changes nothing of the next. */
  @Test
  void theNextEpochKnowsNoFailureOfTheLast() {
    rig.mapper = record -> Mapped.write(put(record));
    rig.started(P0);
    receive("a", 0, 1);
    apply(1);
    failUnknown(0);
    rig.loop.listener().onPartitionsLost(List.of(P0));
    rig.loop.listener().onPartitionsAssigned(List.of(P0));
    rig.turns(2);
    rig.writer.accepted.clear();
    receive("a", 3, 4);
    assertThat(accepted()).containsExactly("3", "4");
    rig.after(REST);
    assertThat(accepted()).containsExactly("3", "4");
    apply(4, 3);
    rig.turns(2);
    assertThat(rig.consumer.commits).endsWith("payments-0@5");
  }

  @Test
  void onlyItsOwnKeyWaitsForWritesOfAFormerEpoch() {
    rig.mapper = record -> Mapped.write(put(record));
    rig.started(P0);
    receive("a", 0, 1, 2);
    receive("b", 3);
    apply(1, 3);
    rig.loop.listener().onPartitionsLost(List.of(P0));
    rig.loop.listener().onPartitionsAssigned(List.of(P0));
    rig.consumer.seek(P0, 0);
    rig.turns(2);
    rig.writer.accepted.clear();

    receive("a", 0, 1, 2);
    receive("b", 3);
    assertThat(accepted()).containsExactly("3");

    apply(0);
    assertThat(accepted()).as("2 would be joined, and 1 go behind it").containsExactly("3");

    failUnknown(2);
    rig.turns(1);
    assertThat(accepted()).containsExactly("3", "0", "1", "2");
    apply(0, 1, 2, 3);
    rig.turns(2);
    assertThat(rig.consumer.commits).endsWith("payments-0@4");
  }

  /** Instances share the writer: a partition may move from one to the other. */
  @Test
  void aPartitionWaitsForWhatTheWriterHasOfItFromAnotherLoop() {
    rig.mapper = record -> Mapped.write(put(record));
    rig.started(P0, P1);
    receive("a", 0, 1, 2);
    rig.receive(P1, 0, "a", "v");
    rig.turns(1);
    apply(0);
    rig.loop.listener().onPartitionsLost(List.of(P0));

    var other = new LoopRig(rig.writer, rig.epochs);
    other.mapper = rig.mapper;
    other.started(P0, P2);
    rig.writer.accepted.clear();
    other.receive(P0, 0, "a", "v0");
    other.receive(P0, 1, "a", "v1");
    other.receive(P2, 0, "a", "v");
    other.turns(2);
    assertThat(rig.writer.accepted).containsExactly("payments/2/0");

    rig.writer.apply("payments/0/1");
    other.turns(2);
    assertThat(rig.writer.accepted).containsExactly("payments/2/0");
    rig.writer.fail("payments/0/2", new UnknownOutcomeException("timed out", null));
    other.turns(2);
    assertThat(rig.writer.accepted).containsExactly("payments/2/0", "payments/0/0", "payments/0/1");
  }

  @Test
  void aRecordThatCannotBeMappedForNowRestsAndHoldsBackItsKeyOnly() {
    rig.started(P0);
    RecordMapper sound = rig.mapper;
    rig.mapper =
        record -> {
          if (record.offset() == 0) {
            throw new TimeoutException("the registry does not answer");
          }
          return sound.map(record);
        };
    receive("a", 0);
    receive("b", 1);
    receive("a", 2);
    rig.after(REST);
    rig.after(REST);
    assertThat(accepted()).containsExactly("1");
    assertThat(rig.producer.history()).isEmpty();
    apply(1);
    rig.turns(2);
    assertThat(rig.consumer.commits).isEmpty();

    rig.mapper = sound;
    rig.after(REST);
    assertThat(accepted()).containsExactly("1", "0");
    apply(0);
    apply(2);
    rig.turns(2);
    assertThat(rig.consumer.commits).endsWith("payments-0@3");
  }

  @Test
  void aRecordWithoutAKeyThatCannotBeMappedForNowRestsToo() {
    rig.started(P0);
    RecordMapper sound = rig.mapper;
    rig.mapper =
        record -> {
          throw new ReadTimeoutException("a look-up was not answered", null);
        };
    receive(null, 0);
    rig.mapper = sound;
    receive(null, 1);
    assertThat(accepted()).containsExactly("1");
    rig.after(REST);
    assertThat(accepted()).containsExactly("1", "0");
  }

  @Test
  void whatIsNotTheRecordsFaultStopsTheConsumer() {
    rig.started(P0);
    rig.mapper =
        record -> {
          throw new ConfigurationException("no such schema");
        };
    assertThatThrownBy(() -> receive("a", 0)).isInstanceOf(ConfigurationException.class);
    assertThat(rig.producer.history()).isEmpty();
  }

  @Test
  void anInterruptionThatTheMapperWrapsIsNoFaultOfTheRecord() {
    rig.started(P0);
    rig.mapper =
        record -> {
          Thread.currentThread().interrupt();
          throw new UncheckedIOException(new ClosedByInterruptException());
        };
    try {
      assertThatThrownBy(() -> receive("a", 0)).isInstanceOf(InterruptException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(rig.producer.history()).isEmpty();
  }

  @Test
  void closeDoesNotCallWhatWaitsForAFormerEpochFinished() {
    rig.mapper = record -> Mapped.write(put(record));
    rig.started(P0);
    receive("a", 0);
    rig.loop.listener().onPartitionsLost(List.of(P0));
    rig.loop.listener().onPartitionsAssigned(List.of(P0));
    rig.consumer.seek(P0, 0);
    rig.turns(2);
    receive("a", 0);
    receive("b", 1);
    apply(1);

    var report = rig.close(Duration.ofSeconds(9), null);

    assertThat(report.unfinished()).as("1 is done and cannot be committed").containsEntry(P0, 1);
    assertThat(report.clean()).isFalse();
  }

  @Test
  void aKeyWaitsForAllFormerEpochs() {
    rig.mapper = record -> Mapped.write(put(record));
    rig.started(P0);
    receive("a", 0);
    rig.loop.listener().onPartitionsLost(List.of(P0));
    rig.loop.listener().onPartitionsAssigned(List.of(P0));
    rig.turns(2);
    receive("a", 1);
    rig.loop.listener().onPartitionsLost(List.of(P0));
    rig.loop.listener().onPartitionsAssigned(List.of(P0));
    rig.turns(2);
    receive("a", 2);
    assertThat(accepted()).containsExactly("0");

    apply(0);
    rig.turns(1);
    assertThat(accepted()).containsExactly("0", "2");
  }

  @Test
  void aDuplicateAheadOfARetryIsAskedForAgain() {
    rig.mapper = record -> Mapped.write(put(record));
    rig.started(P0);
    receive("a", 0, 1);
    rig.writer.end(
        "payments/0/1", new Outcome.Duplicate(new dev.sluice.model.SourcePosition("t/1/1")));
    failUnknown(0);
    rig.after(REST);
    apply(0);
    assertThat(accepted()).containsExactly("0", "1", "0", "1");
  }

  @Test
  void aHotKeyHoldsUpItsPartitionOnlyAndIsTriedOnceATurn() {
    rig.writer.hot = write -> write.eventId().equals("e7");
    rig.started(P0, P1);
    receive("cold", 0);
    receive("hot", 7);
    receive("cold", 8);
    rig.receive(P1, 0, "x", "v");
    rig.turns(1);
    rig.receive(P1, 1, "x", "v");
    rig.turns(1);
    assertThat(rig.writer.accepted).containsExactly("payments/0/0", "payments/1/0", "payments/1/1");
    assertThat(rig.writer.refusals).isEqualTo(1);

    rig.turns(11);
    assertThat(rig.writer.refusals).as("not before there is reason to").isEqualTo(1);
    rig.writer.apply("payments/1/0");
    rig.turns(7);
    assertThat(rig.writer.refusals).isEqualTo(2);

    rig.writer.hot = write -> false;
    rig.writer.apply("payments/1/1");
    rig.turns(2);
    assertThat(accepted()).endsWith("7", "8");
  }

  @Test
  void theOthersGoOnInTheTurnInWhichOneIsRefused() {
    for (int idle = 0; idle < 3; idle++) {
      var fresh = new LoopRig();
      fresh.writer.hot = write -> write.eventId().equals("e7");
      fresh.started(P0, P1, LoopRig.P2).turns(idle);
      fresh.receive(P0, 7, "hot", "v");
      fresh.receive(P1, 1, "cold", "v");
      fresh.receive(LoopRig.P2, 2, "cold", "v");
      fresh.turns(1);
      assertThat(fresh.writer.accepted)
          .as("whoever is first")
          .containsExactlyInAnyOrder("payments/1/1", "payments/2/2");
    }
  }

  @Test
  void aPartitionThatIsRefusedDoesNotMakeThePollReturnAtOnce() {
    rig.writer.hot = write -> write.eventId().equals("e7");
    rig.started(P0);
    receive("cold", 0);
    receive("hot", 7);
    rig.consumer.pollTimeouts.clear();
    rig.turns(3);
    assertThat(rig.consumer.pollTimeouts).hasSize(3).doesNotContain(Duration.ZERO);
  }
}
