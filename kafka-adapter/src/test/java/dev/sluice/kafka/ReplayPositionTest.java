package dev.sluice.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kafka.internal.deadletter.DeadLetter;
import dev.sluice.kafka.internal.deadletter.DeadLetterCodec;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.kafka.record.ReplayReport;
import dev.sluice.kafka.record.ReplayStart;
import dev.sluice.model.ConfigurationException;
import dev.sluice.model.InvalidWriteException;
import dev.sluice.model.Write;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where a replay begins, and which dead letters are too old for it. */
@Timeout(30)
class ReplayPositionTest {
  private static final Instant NOW = Instant.parse("2026-07-01T12:00:00Z");
  private static final Duration RETENTION = Duration.ofDays(14);

  private final FakeWriter writer = new FakeWriter();

  /** By partition, what it holds; null stands for what retention has deleted. */
  private final List<List<ProducerRecord<byte[], byte[]>>> topic = new ArrayList<>();

  private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
  private final List<String> refusedEvents = new ArrayList<>();
  private Instant now = NOW;
  private TimestampType stamps = TimestampType.CREATE_TIME;
  private boolean takesNothingBack;
  private int mostMetadata = 4096;

  @BeforeEach
  void aLedgerOfTwoWeeks() {
    partitions(2);
    writer.claimRetention = RETENTION;
    writer.replaying =
        pending ->
            refusedEvents.contains(pending.write().eventId())
                ? CompletableFuture.failedFuture(new InvalidWriteException("no"))
                : CompletableFuture.completedFuture(FakeWriter.APPLIED);
  }

  private void partitions(int count) {
    while (topic.size() < count) {
      topic.add(new ArrayList<>());
    }
  }

  private static TopicPartition dead(int partition) {
    return new TopicPartition("dead", partition);
  }

  /** A letter of a record that first failed so long ago. */
  private ProducerRecord<byte[], byte[]> letter(int partition, String event, Duration age) {
    int offset = topic.stream().mapToInt(List::size).sum();
    ProducerRecord<byte[], byte[]> letter =
        DeadLetterCodec.encode(
            new DeadLetter(
                new ConsumerRecord<>("payments", partition, offset, null, event.getBytes(UTF_8)),
                "payments/" + partition + "/" + offset,
                "",
                "billing",
                new DeadLetter.Cause("MAPPER_FAILED", ""),
                false,
                new DeadLetter.Attempts(1, now.minus(age), now)),
            "dead");
    topic.get(partition).add(letter);
    return letter;
  }

  private static final Duration FRESH = Duration.ofHours(1);
  private static final Duration OLD = Duration.ofDays(15);

  private DeadLetterReplayBuilder builder() {
    return DeadLetterReplay.builder(Map.of("group.id", "billing"), writer)
        .deadLetterTopic("dead")
        .mapper(record -> Mapped.write(Write.event(new String(record.value(), UTF_8))))
        .recordsPerSecond(1_000_000)
        .clock(InstantSource.fixed(now))
        .waiting(wait -> {})
        .consumerFactory(all -> consumer())
        .producerFactory(all -> producer());
  }

  private MockConsumer<byte[], byte[]> consumer() {
    var consumer =
        new MockConsumer<byte[], byte[]>("earliest") {
          @Override
          public synchronized Map<TopicPartition, OffsetAndMetadata> committed(
              Set<TopicPartition> ids) {
            Map<TopicPartition, OffsetAndMetadata> answer = new HashMap<>();
            ids.forEach(id -> answer.put(id, committed.get(id)));
            return answer;
          }

          @Override
          public synchronized void commitSync(
              Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
            if (offsets.values().stream().anyMatch(o -> o.metadata().length() > mostMetadata)) {
              throw new OffsetMetadataTooLarge("no");
            }
            committed.putAll(offsets);
          }

          @Override
          public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
              Map<TopicPartition, Long> times) {
            Map<TopicPartition, OffsetAndTimestamp> found = new HashMap<>();
            times.forEach(
                (id, time) -> {
                  boolean has = time < topic.get(id.partition()).size();
                  found.put(id, has ? new OffsetAndTimestamp(time, time) : null);
                });
            return found;
          }
        };
    List<PartitionInfo> partitions = new ArrayList<>();
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int p = 0; p < topic.size(); p++) {
      partitions.add(new PartitionInfo("dead", p, null, null, null));
      List<ProducerRecord<byte[], byte[]>> held = topic.get(p);
      long begin = held.stream().takeWhile(each -> each == null).count();
      consumer.updateBeginningOffsets(Map.of(dead(p), begin));
      consumer.updateEndOffsets(Map.of(dead(p), (long) held.size()));
      for (int i = (int) begin; i < held.size(); i++) {
        ProducerRecord<byte[], byte[]> each = held.get(i);
        records.add(
            new ConsumerRecord<>(
                "dead",
                p,
                i,
                now.minus(OLD).toEpochMilli(),
                stamps,
                0,
                0,
                each.key(),
                each.value(),
                each.headers(),
                Optional.empty()));
      }
    }
    consumer.updatePartitions("dead", partitions);
    consumer.schedulePollTask(
        () ->
            records.stream()
                .filter(each -> each.offset() >= consumer.position(dead(each.partition())))
                .forEach(consumer::addRecord));
    return consumer;
  }

  private MockProducer<byte[], byte[]> producer() {
    return new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
      @Override
      public synchronized Future<RecordMetadata> send(
          ProducerRecord<byte[], byte[]> record, Callback callback) {
        if (takesNothingBack) {
          return CompletableFuture.failedFuture(new RecordTooLargeException());
        }
        topic.get(0).add(record);
        return super.send(record, callback);
      }
    };
  }

  private List<String> replayed() {
    return writer.writes.stream().map(Write::eventId).toList();
  }

  private ReplayReport run() {
    writer.writes.clear();
    return builder().build().run();
  }

  private ReplayReport run(DeadLetterReplayBuilder builder) {
    writer.writes.clear();
    return builder.build().run();
  }

  private static void assertUnknown(DeadLetterReplayBuilder builder, String what) {
    assertThatThrownBy(() -> builder.build().run())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(what)
        .hasMessageContaining("from(");
  }

  @Test
  void aFirstReplayNeedsToBeToldNothing() {
    letter(0, "a", FRESH);
    letter(1, "b", FRESH);
    assertThat(run().replayed()).isEqualTo(2);
    assertThat(run().replayed()).isZero();
  }

  @Test
  void aPositionThatIsGoneStopsTheReplay() {
    letter(0, "a", FRESH);
    letter(1, "b", FRESH);
    run();
    committed.remove(dead(1));

    writer.writes.clear();
    assertUnknown(builder(), "the position of partition 1 is gone");
    assertThat(writer.writes).isEmpty();

    assertThat(run(builder().from(ReplayStart.offsets(Map.of(1, 1L)))).replayed()).isZero();
    assertThat(run().replayed()).isZero();
    committed.remove(dead(1));
    assertThat(run(builder().from(ReplayStart.beginning())).replayed()).isEqualTo(2);
  }

  @Test
  void aNewPartitionIsReadFromItsBeginning() {
    letter(0, "a", FRESH);
    run();
    partitions(3);
    letter(2, "c", FRESH);
    assertThat(run().replayed()).isEqualTo(1);
    assertThat(replayed()).containsExactly("c");
    committed.remove(dead(2));
    assertUnknown(builder(), "the position of partition 2 is gone");
  }

  @Test
  void aPositionBehindTheEndIsThatOfAnotherTopic() {
    letter(0, "a", FRESH);
    letter(0, "b", FRESH);
    run();
    topic.get(0).clear();
    letter(0, "c", FRESH);
    assertUnknown(builder(), "the position of partition 0 is 2 and the partition ends at 1");
    assertThat(run(builder().fromBeginning()).replayed()).isEqualTo(1);
    assertThat(run().replayed()).isZero();
  }

  @Test
  void brokersThatTakeNoMetadataTakeThePositionAlone() {
    mostMetadata = 0;
    letter(0, "a", FRESH);
    assertThat(run().replayed()).isEqualTo(1);
    assertThat(run().replayed()).isZero();

    letter(0, "old", OLD);
    assertThatThrownBy(this::run)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("offset.metadata.max.bytes");
    assertThat(committed.get(dead(0)).offset()).isEqualTo(1);
  }

  @Test
  void whatRetentionTookIsNotWaitedFor() {
    letter(0, "a", FRESH);
    run();
    letter(0, "b", FRESH);
    letter(0, "c", FRESH);
    topic.get(0).set(0, null);
    topic.get(0).set(1, null);
    assertThat(run().replayed()).isEqualTo(1);
    assertThat(replayed()).containsExactly("c");
  }

  @Test
  void aReplayBeginsAtATimeOrAtOffsetsIfToldTo() {
    letter(0, "a", FRESH);
    letter(0, "b", FRESH);
    letter(1, "c", FRESH);
    run();
    run(builder().from(ReplayStart.at(Instant.ofEpochMilli(1))));
    assertThat(replayed()).containsExactly("b");
    run(builder().from(ReplayStart.offsets(Map.of(0, 1L))));
    assertThat(replayed()).containsExactly("b");
    assertThatThrownBy(() -> run(builder().from(ReplayStart.offsets(Map.of(0, 3L)))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("dead-0");
    assertThatThrownBy(() -> run(builder().from(ReplayStart.offsets(Map.of(2, 0L)))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("partition 2");
    assertThatThrownBy(() -> ReplayStart.offsets(Map.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ReplayStart.offsets(Map.of(0, -1L)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aLetterOlderThanTheLedgersRetentionIsRefused() {
    letter(0, "old", OLD);
    letter(0, "fresh", Duration.ofDays(13));
    ReplayReport report = run();
    assertThat(replayed()).containsExactly("fresh");
    assertThat(report).isEqualTo(new ReplayReport(1, Map.of(), Map.of(), Map.of(), 0, 0, 1));
    assertThat(report.isClean()).isFalse();
    assertThat(topic.get(0)).hasSize(2);
    assertThat(run().isClean()).as("it is told once").isTrue();
  }

  @Test
  void aForgottenPositionDoublesNothingThatTheLedgerHasForgotten() {
    letter(0, "a", FRESH);
    letter(1, "b", FRESH);
    assertThat(run().replayed()).isEqualTo(2);
    committed.clear();
    now = NOW.plus(OLD);
    letter(1, "c", FRESH);
    assertThat(run().expired()).isEqualTo(2);
    assertThat(replayed()).containsExactly("c");
  }

  @Test
  void lettersOfAnyAgeAreNotReplayedFromAForgottenPosition() {
    letter(0, "old", OLD);
    run(builder().from(ReplayStart.beginning()).replayExpired());
    committed.clear();
    assertUnknown(builder().replayExpired(), "No position");
    assertThat(replayed()).containsExactly("old");
  }

  @Test
  void whatWasRefusedIsReplayedWhenItIsAskedForAndNothingElse() {
    letter(0, "a", Duration.ofDays(13));
    letter(0, "old", OLD);
    letter(0, "b", FRESH);
    letter(1, "older", OLD);
    assertThat(run().expired()).isEqualTo(2);
    now = NOW.plus(Duration.ofDays(30));
    letter(0, "late", OLD);
    assertThat(run().expired()).isEqualTo(1);

    assertThat(run(builder().replayExpired()).replayed()).isEqualTo(3);
    assertThat(replayed()).containsExactlyInAnyOrder("old", "older", "late");
    assertThat(run(builder().replayExpired()).replayed()).isZero();
    assertThat(run().expired()).isZero();
  }

  @Test
  void aReplayFromTheBeginningThatStopsForgetsNothingThatWasDone() {
    letter(0, "done", FRESH);
    letter(0, "stays", FRESH);
    run();
    refusedEvents.add("done");
    takesNothingBack = true;
    assertThatThrownBy(() -> run(builder().fromBeginning())).hasMessageContaining("offset 0");
    takesNothingBack = false;
    refusedEvents.clear();
    now = NOW.plus(OLD);

    assertThat(run().expired()).isEqualTo(2);
    assertThat(run(builder().replayExpired()).replayed()).isZero();
  }

  @Test
  void anExpiredLetterThatFailsAgainIsPutBackAndAsksAgain() {
    letter(0, "old", OLD);
    letter(0, "fresh", FRESH);
    run();
    refusedEvents.add("old");
    assertThat(run(builder().replayExpired()).stillFailing()).hasSize(1);
    assertThat(topic.get(0)).hasSize(3);
    assertThat(run().expired()).isEqualTo(1);
    refusedEvents.clear();
    assertThat(run(builder().replayExpired()).replayed()).isEqualTo(1);
    assertThat(replayed()).containsExactly("old");
  }

  @Test
  void anExpiredLetterThatIsNotTakenBackStaysAskedFor() {
    letter(0, "old", OLD);
    letter(0, "fresh", FRESH);
    letter(0, "older", OLD);
    run();
    refusedEvents.add("old");
    takesNothingBack = true;
    assertThatThrownBy(() -> run(builder().replayExpired())).hasMessageContaining("offset 0");
    refusedEvents.clear();
    assertThat(run(builder().replayExpired()).replayed()).isEqualTo(2);
    assertThat(replayed()).containsExactly("old", "older");
    assertThat(run().replayed()).isZero();
  }

  @Test
  void whatAReplayFromTheBeginningRefusesIsNotAskedForIfItWasDone() {
    letter(0, "done", FRESH);
    letter(0, "old", OLD);
    run();
    now = NOW.plus(OLD);
    assertThat(run(builder().fromBeginning()).expired()).isEqualTo(2);
    assertThat(run(builder().replayExpired()).replayed()).isEqualTo(1);
    assertThat(replayed()).containsExactly("old");
  }

  @Test
  void theServicesTimeCountsWhereItIsLater() {
    letter(0, "a", FRESH);
    writer.serviceTime = NOW.plus(OLD);
    assertThat(run().expired()).isEqualTo(1);
    writer.serviceTime = NOW.minus(OLD);
    letter(0, "old", OLD);
    assertThat(run().expired()).isEqualTo(1);
  }

  @Test
  void aFirstFailureThatLiesAheadIsNotBelieved() {
    letter(0, "ahead", Duration.ofDays(-2));
    letter(0, "by a little", Duration.ofMinutes(-5));
    assertThat(run().expired()).isEqualTo(1);
    assertThat(replayed()).containsExactly("by a little");
  }

  @Test
  void theBrokersTimeBoundsTheFirstFailure() {
    letter(0, "noted by a clock that was ahead", FRESH);
    stamps = TimestampType.LOG_APPEND_TIME;
    assertThat(run().expired()).isEqualTo(1);
  }

  @Test
  void aLetterWithoutAFirstFailureIsNotReplayed() {
    Headers headers = letter(0, "a", FRESH).headers();
    headers.remove("sluice.first.failure");
    headers = letter(0, "b", FRESH).headers();
    headers.remove("sluice.first.failure").add("sluice.first.failure", "soon".getBytes(UTF_8));
    assertThat(run().foreign()).isEqualTo(2);
    assertThat(replayed()).isEmpty();
  }

  @Test
  void withoutALedgerAgeDoesNotMatter() {
    writer.claimRetention = null;
    letter(0, "old", OLD);
    assertThat(run().replayed()).isEqualTo(1);
  }

  @Test
  void whatFailsBeforeALetterThatIsLeftIsPutBack() {
    letter(0, "bad", FRESH);
    refusedEvents.add("bad");
    for (int i = 1; i < 2_001; i++) {
      letter(0, "e" + i, i % 2 == 0 ? OLD : FRESH);
    }
    assertThat(run().stillFailing()).hasSize(1);
    assertThat(committed.get(dead(0)).offset()).isBetween(1L, 2_000L);
  }

  @Test
  void moreRefusalsThanAPositionCanNameAreLeft() {
    for (int i = 0; i < 2_001; i++) {
      letter(0, "e" + i, i % 2 == 0 ? OLD : FRESH);
    }
    ReplayReport first = run();
    assertThat(committed.get(dead(0)).metadata().length()).isLessThan(4_096);
    assertThat(first.expired()).isBetween(500L, 900L);
    assertThat(committed.get(dead(0)).offset()).isLessThan(2_001);
    assertThat(run(builder().replayExpired()).stillFailing()).isEmpty();
    assertThat(committed.get(dead(0)).offset()).isEqualTo(2_001);
    assertThat(replayed()).hasSizeGreaterThanOrEqualTo(1_001);
  }
}
