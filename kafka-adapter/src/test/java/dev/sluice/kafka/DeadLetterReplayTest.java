package dev.sluice.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kafka.internal.deadletter.DeadLetter;
import dev.sluice.kafka.internal.deadletter.DeadLetterCodec;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.kafka.record.MapperError;
import dev.sluice.kafka.record.RecordMapper;
import dev.sluice.kafka.record.ReplayReport;
import dev.sluice.model.BufferFullException;
import dev.sluice.model.ConfigurationException;
import dev.sluice.model.InvalidWriteException;
import dev.sluice.model.Outcome;
import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import dev.sluice.model.SystemException;
import dev.sluice.model.UnknownOutcomeException;
import dev.sluice.model.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DeadLetterReplayTest {
  private static final TopicPartition DEAD = new TopicPartition("dead", 0);
  private static final TopicPartition DEAD_1 = new TopicPartition("dead", 1);
  private static final SourcePosition OTHER = new SourcePosition("t/9/9");

  private final FakeWriter writer = new FakeWriter();
  private final List<ConsumerRecord<byte[], byte[]>> mapped = new ArrayList<>();
  private final List<Map<String, Object>> settings = new ArrayList<>();
  private final List<Map<String, Object>> producers = new ArrayList<>();

  /** The topic, as a broker would keep it. */
  private final List<ProducerRecord<byte[], byte[]>> topic = new ArrayList<>();

  private final Map<String, Map<TopicPartition, OffsetAndMetadata>> groups = new HashMap<>();
  private final List<Duration> waits = new ArrayList<>();
  private RuntimeException commitRefusal;

  /** The leader epoch of what the topic holds, or null. */
  private Integer epoch;

  /** What the topic says to what is put back; null if it takes it. */
  private Function<ProducerRecord<byte[], byte[]>, RuntimeException> blocked = record -> null;

  private RecordMapper mapper =
      record -> Mapped.write(Write.event(new String(record.value(), UTF_8)));

  @BeforeEach
  void aRecordOfTheReplaysOwn() {
    writer.replaying = pending -> CompletableFuture.completedFuture(FakeWriter.APPLIED);
  }

  private void letter(long offset, String reason, String suffixes) {
    letter("billing", offset, reason, suffixes);
  }

  private void letter(String group, long offset, String reason, String suffixes) {
    var record =
        new ConsumerRecord<>(
            "payments",
            5,
            offset,
            1_700_000_000_007L,
            TimestampType.LOG_APPEND_TIME,
            1,
            1,
            new byte[] {3},
            ("e" + offset).getBytes(UTF_8),
            new RecordHeaders().add("trace", new byte[] {7}),
            Optional.empty());
    topic.add(
        DeadLetterCodec.encode(
            new DeadLetter(
                record,
                "payments/5/" + offset,
                suffixes,
                group,
                new DeadLetter.Cause(reason, "why"),
                false,
                new DeadLetter.Attempts(3, Instant.EPOCH, Instant.EPOCH.plusSeconds(7))),
            "dead"));
  }

  private DeadLetterReplayBuilder builder() {
    return builder("billing");
  }

  private DeadLetterReplayBuilder builder(String group) {
    return DeadLetterReplay.builder(
            Map.of(
                "bootstrap.servers", "nowhere:1",
                "group.id", group,
                "group.instance.id", "i",
                "sluice.topics", "x"),
            writer)
        .deadLetterTopic("dead")
        .mapper(
            record -> {
              mapped.add(record);
              return mapper.map(record);
            })
        .recordsPerSecond(1_000_000)
        .waiting(waits::add)
        .consumerFactory(this::consumer)
        .producerFactory(all -> new Appending());
  }

  private MockConsumer<byte[], byte[]> consumer(Map<String, Object> all) {
    settings.add(all);
    String group = (String) all.get("group.id");
    var consumer =
        new MockConsumer<byte[], byte[]>("earliest") {
          @Override
          public synchronized Map<TopicPartition, OffsetAndMetadata> committed(
              java.util.Set<TopicPartition> ids) {
            return groups.getOrDefault(group, Map.of());
          }

          @Override
          public synchronized void commitSync(
              Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            if (commitRefusal != null) {
              throw commitRefusal;
            }
            groups.put(group, Map.copyOf(offsets));
          }
        };
    consumer.updatePartitions(
        "dead",
        List.of(
            new PartitionInfo("dead", 0, null, null, null),
            new PartitionInfo("dead", 1, null, null, null)));
    consumer.updateBeginningOffsets(Map.of(DEAD, 0L, DEAD_1, 0L));
    Map<TopicPartition, Long> ends = new HashMap<>(Map.of(DEAD, 0L, DEAD_1, 0L));
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (ProducerRecord<byte[], byte[]> each : topic) {
      TopicPartition id = DEAD_1.partition() == partition(each) ? DEAD_1 : DEAD;
      records.add(
          new ConsumerRecord<>(
              "dead",
              id.partition(),
              ends.merge(id, 1L, Long::sum) - 1,
              1L,
              TimestampType.CREATE_TIME,
              1,
              1,
              each.key(),
              each.value(),
              each.headers(),
              Optional.ofNullable(epoch)));
    }
    consumer.updateEndOffsets(ends);
    consumer.schedulePollTask(() -> records.forEach(consumer::addRecord));
    return consumer;
  }

  private static int partition(ProducerRecord<byte[], byte[]> record) {
    return record.partition() == null ? 0 : record.partition();
  }

  /** Where the next replay of the group's letters begins. */
  private long position(TopicPartition id) {
    return groups.get("dead.replay:billing").get(id).offset();
  }

  /** Moves the last letter to the other partition. */
  private void inTheOtherPartition() {
    ProducerRecord<byte[], byte[]> last = topic.remove(topic.size() - 1);
    topic.add(new ProducerRecord<>("dead", 1, last.key(), last.value(), last.headers()));
  }

  /** Appends to the topic, or refuses. */
  private final class Appending extends MockProducer<byte[], byte[]> {
    Appending() {
      super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> record, Callback callback) {
      RuntimeException refusal = blocked.apply(record);
      if (refusal instanceof InterruptException) {
        throw refusal;
      } else if (refusal != null) {
        return CompletableFuture.failedFuture(refusal);
      }
      topic.add(record);
      return super.send(record, callback);
    }
  }

  private void replaysFailWith(SluiceException failure) {
    writer.replaying = pending -> CompletableFuture.failedFuture(failure);
  }

  private String header(int index, String name) {
    return new String(topic.get(index).headers().lastHeader("sluice." + name).value(), UTF_8);
  }

  @Test
  void aReplayKnowsThePartsOfItsRecordsPosition() {
    letter(7, "REJECTED_WRITE", "");
    mapper = record -> Mapped.writes(List.of(Write.event("a"), Write.event("b")));
    List<SourcePosition> sources = new ArrayList<>();
    writer.replaying =
        pending -> {
          sources.add(pending.source());
          return CompletableFuture.completedFuture(FakeWriter.APPLIED);
        };
    builder().build().run();

    assertThat(sources).hasSize(2);
    assertThat(sources.get(1)).hasToString("payments/5/7#1");
    assertThat(sources.get(1).topic()).contains("payments");
    assertThat(sources.get(1).partition()).hasValue(5);
    assertThat(sources.get(1).offset()).hasValue(7);
    assertThat(sources.get(1).index()).hasValue(1);
  }

  @Test
  void aRecordIsReplayedAsWhatItWas() {
    letter(11, "REJECTED_WRITE", "0.3");
    mapper =
        record ->
            Mapped.write(Write.event("e").create("payments", Map.of()).fingerprintOf(new byte[1]));

    assertThat(builder().build().run())
        .isEqualTo(new ReplayReport(1, Map.of(), Map.of(), Map.of(), 0, 0));

    assertThat(writer.replays).containsExactly("payments/5/11[0.3]");
    ConsumerRecord<byte[], byte[]> record = mapped.get(0);
    assertThat(record.topic() + record.partition() + record.offset()).isEqualTo("payments511");
    assertThat(record.timestamp()).isEqualTo(1_700_000_000_007L);
    assertThat(record.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
    assertThat(record.key()).containsExactly(3);
    assertThat(record.headers()).hasSize(1);
    assertThat(settings.get(0))
        .containsEntry("group.id", "dead.replay:billing")
        .doesNotContainKeys("group.instance.id", "sluice.topics");
  }

  @Test
  void whatTheMapperChangesIsNotPutBack() {
    letter(0, "MAPPER_FAILED", "");
    mapper =
        record -> {
          record.key()[0] = 'x';
          record.value()[0] = 'x';
          record.headers().lastHeader("trace").value()[0] = 'x';
          record.headers().remove("trace");
          return Mapped.reject("no");
        };
    builder().build().run();
    assertThat(topic.get(1).key()).containsExactly(3);
    assertThat(topic.get(1).value()).isEqualTo("e0".getBytes(UTF_8));
    assertThat(topic.get(1).headers().lastHeader("trace").value()).containsExactly(7);
  }

  @Test
  void severalWritesKeepTheirPlacesAndTheirSuffixes() {
    letter(7, "REJECTED_WRITE", "0.1;;0.2,-");
    Write two = Write.event("c").create("payments", Map.of()).create("payments", Map.of("a", s()));
    mapper =
        record ->
            Mapped.writes(List.of(Write.event("a").create("p", Map.of()), Write.event("b"), two));
    builder().build().run();
    assertThat(writer.replays)
        .containsExactly("payments/5/7#0[0.1]", "payments/5/7#1[]", "payments/5/7#2[0.2, -]");
    assertThat(writer.writes).allSatisfy(each -> assertThat(each.fingerprint()).isPresent());
  }

  private static software.amazon.awssdk.services.dynamodb.model.AttributeValue s() {
    return software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS("s");
  }

  @Test
  void suffixesOfAnotherMappingAreNotUsed() {
    letter(7, "REJECTED_WRITE", "0.1,0.2");
    builder().build().run();
    assertThat(writer.replays).containsExactly("payments/5/7[]");
  }

  @Test
  void theNextRunBeginsWhereTheLastEndedAndAFreshOneAtTheBeginning() {
    letter(0, "MAPPER_FAILED", "");
    assertThat(builder().build().run().replayed()).isEqualTo(1);
    letter(1, "MAPPER_FAILED", "");
    assertThat(builder().build().run().replayed()).isEqualTo(1);
    assertThat(builder().build().run().replayed()).isZero();
    assertThat(builder().fromBeginning().build().run().replayed()).isEqualTo(2);
  }

  @Test
  void thePositionOfAReplayKeepsItsLeaderEpoch() {
    epoch = 3;
    letter(0, "MAPPER_FAILED", "");
    builder().build().run();
    assertThat(groups.get("dead.replay:billing").get(DEAD).leaderEpoch()).contains(3);

    assertThat(builder().build().run().replayed()).isZero();
    assertThat(groups.get("dead.replay:billing").get(DEAD).leaderEpoch()).contains(3);
  }

  @Test
  void whatIsNotAskedForIsLeftAndFoundWhenItIs() {
    letter(0, "MAPPER_FAILED", "");
    letter(1, "CONFLICT_OTHER_CONTENT", "");
    letter(2, "MAPPER_FAILED", "");

    assertThat(builder().reasons(List.of("MAPPER_FAILED")).build().run())
        .isEqualTo(
            new ReplayReport(2, Map.of(), Map.of("CONFLICT_OTHER_CONTENT", 1L), Map.of(), 0, 0));
    assertThat(builder().reasons(List.of("CONFLICT_OTHER_CONTENT")).build().run().replayed())
        .isEqualTo(1);
    assertThat(writer.replays).hasSize(3);
  }

  @Test
  void eachGroupsLettersGoThroughItsOwnReplayOnly() {
    letter("billing", 0, "MAPPER_FAILED", "");
    letter("shipping", 1, "MAPPER_FAILED", "");
    letter("billing", 2, "MAPPER_FAILED", "");
    var shipped = new FakeWriter();
    var shipping =
        DeadLetterReplay.builder(Map.of("group.id", "shipping"), shipped)
            .deadLetterTopic("dead")
            .mapper(record -> Mapped.write(Write.event("shipped")))
            .consumerFactory(this::consumer)
            .producerFactory(all -> new Appending())
            .build();

    assertThat(builder().build().run())
        .isEqualTo(new ReplayReport(2, Map.of(), Map.of(), Map.of("shipping", 1L), 0, 0));
    assertThat(writer.replays).containsExactly("payments/5/0[]", "payments/5/2[]");
    assertThat(shipping.run())
        .isEqualTo(new ReplayReport(1, Map.of(), Map.of(), Map.of("billing", 2L), 0, 0));
    assertThat(shipped.replays).containsExactly("payments/5/1[]");
    assertThat(writer.replays).hasSize(2);
    assertThat(groups).containsOnlyKeys("dead.replay:billing", "dead.replay:shipping");
  }

  @Test
  void aReplaysGroupIsThatOfItsConsumerGroupAndReasonsOnly() {
    letter(0, "A", "");
    builder("billing.A").build().run();
    builder().reasons(List.of("B", "A")).build().run();
    builder().reasons(List.of("A")).build().run();
    builder().group("mine").build().run();
    assertThat(settings)
        .extracting(each -> each.get("group.id"))
        .containsExactly(
            "dead.replay:billing.A", "dead.replay.A.B:billing", "dead.replay.A:billing", "mine");
  }

  @Test
  void aReplayKeepsWhatItWasBuiltWith() {
    letter(0, "MAPPER_FAILED", "");
    letter(1, "CONFLICT_OTHER_CONTENT", "");
    DeadLetterReplayBuilder builder = builder().reasons(List.of("MAPPER_FAILED"));
    DeadLetterReplay first = builder.build();
    DeadLetterReplay second = builder.reasons(List.of("CONFLICT_OTHER_CONTENT")).build();

    assertThat(first.run().replayed()).isEqualTo(1);
    assertThat(second.run().replayed()).isEqualTo(2);
    assertThat(settings).extracting(each -> each.get("group.id")).doesNotHaveDuplicates();
  }

  @Test
  void aReplaysProducerWaitsLongerThanAPollingThreadMay() {
    builder().producerFactory(this::producer).build().run();
    builder()
        .deadLetterProperties(Map.of("max.block.ms", 7))
        .producerFactory(this::producer)
        .build()
        .run();
    assertThat(producers).extracting(each -> each.get("max.block.ms")).containsExactly(60_000L, 7);
  }

  private MockProducer<byte[], byte[]> producer(Map<String, Object> all) {
    producers.add(all);
    return new Appending();
  }

  @Test
  void whatFailsAgainIsPutBackBeforeThePositionMovesPastIt() {
    letter(0, "MAPPER_FAILED", "");
    letter(1, "MAPPER_FAILED", "");
    writer.replaying =
        pending ->
            CompletableFuture.completedFuture(
                pending.source().value().endsWith("/0")
                    ? new Outcome.Conflict(Outcome.Conflict.Kind.OTHER_CONTENT, OTHER)
                    : FakeWriter.APPLIED);

    ReplayReport report = builder().build().run();

    assertThat(report)
        .isEqualTo(
            new ReplayReport(1, Map.of("CONFLICT_OTHER_CONTENT", 1L), Map.of(), Map.of(), 0, 0));
    assertThat(report.isClean()).isFalse();
    assertThat(topic).hasSize(3);
    assertThat(header(2, "source")).isEqualTo("payments/5/0");
    assertThat(header(2, "reason")).isEqualTo("CONFLICT_OTHER_CONTENT");
    assertThat(header(2, "attempts")).isEqualTo("4");
    assertThat(header(2, "first.failure")).isEqualTo("1970-01-01T00:00:00Z");
    assertThat(header(2, "group")).isEqualTo("billing");
    assertThat(topic.get(2).value()).isEqualTo("e0".getBytes(UTF_8));
    writer.replaying = pending -> CompletableFuture.completedFuture(FakeWriter.APPLIED);
    assertThat(builder().build().run().replayed()).isEqualTo(1);
  }

  @Test
  void aRecordThatFailsInARunIsPutBackOnceHoweverManyLettersItHas() {
    for (int copy = 0; copy < 5; copy++) {
      letter(0, "MAPPER_FAILED", "");
    }
    mapper = record -> Mapped.reject("still");
    ReplayReport report = builder().build().run();
    assertThat(report.stillFailing()).containsExactly(Map.entry("MAPPER_REJECTED", 1L));
    assertThat(report.repeated()).isEqualTo(4);
    assertThat(topic).hasSize(6);
  }

  @Test
  void aLetterThatIsNotTakenBackStaysAndNothingIsPutBackTwiceForIt() {
    for (int offset = 0; offset < 5; offset++) {
      letter(offset, "MAPPER_FAILED", "");
    }
    mapper = record -> Mapped.reject("still");
    blocked =
        record ->
            source(record).equals("payments/5/3") ? new RecordTooLargeException("too large") : null;

    for (int run = 0; run < 3; run++) {
      assertThatThrownBy(() -> builder().build().run())
          .isInstanceOf(KafkaException.class)
          .hasMessageContaining("offset 3 of dead-0")
          .hasCauseInstanceOf(RecordTooLargeException.class);
      assertThat(position(DEAD)).isEqualTo(3);
      assertThat(topic).as("five, and three that are back").hasSize(8);
    }

    blocked = record -> null;
    mapper = record -> Mapped.skip();
    assertThat(builder().build().run().replayed()).isEqualTo(5);
  }

  private static String source(ProducerRecord<byte[], byte[]> record) {
    return new String(record.headers().lastHeader("sluice.source").value(), UTF_8);
  }

  @Test
  void otherPartitionsGoOnPastALetterThatIsNotTakenBack() {
    letter(0, "MAPPER_FAILED", "");
    for (int offset = 1; offset < 4; offset++) {
      letter(offset, "MAPPER_FAILED", "");
      inTheOtherPartition();
    }
    mapper = record -> record.offset() == 0 ? Mapped.reject("still") : Mapped.skip();
    blocked = record -> new TopicAuthorizationException("dead");
    var replay =
        builder()
            .consumerFactory(
                all -> {
                  MockConsumer<byte[], byte[]> consumer = consumer(all);
                  consumer.setMaxPollRecords(1);
                  return consumer;
                })
            .build();
    assertThatThrownBy(replay::run).hasCauseInstanceOf(TopicAuthorizationException.class);
    assertThat(position(DEAD)).isZero();
    assertThat(position(DEAD_1)).isEqualTo(3);
  }

  @Test
  void aCopyOfALetterThatIsNotTakenBackStaysToo() {
    letter(0, "MAPPER_FAILED", "");
    letter(0, "MAPPER_FAILED", "");
    inTheOtherPartition();
    mapper = record -> Mapped.reject("still");
    blocked = record -> new TopicAuthorizationException("dead");
    assertThatThrownBy(() -> builder().build().run()).isInstanceOf(KafkaException.class);
    assertThat(position(DEAD)).isZero();
    assertThat(position(DEAD_1)).isZero();
  }

  @Test
  void anInterruptionMovesThePositionPastLettersThatAreBack() {
    for (int offset = 0; offset < 4; offset++) {
      letter(offset, "MAPPER_FAILED", "");
    }
    mapper = record -> Mapped.reject("still");
    blocked =
        record -> source(record).equals("payments/5/2") ? new InterruptException("now") : null;
    assertThatThrownBy(() -> builder().build().run()).isInstanceOf(InterruptException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(position(DEAD)).isEqualTo(2);
    assertThat(topic).hasSize(6);
  }

  @Test
  void nothingIsPutBackWhereThePositionCouldNotMove() {
    letter(0, "MAPPER_FAILED", "");
    mapper = record -> Mapped.reject("still");
    commitRefusal = new GroupAuthorizationException("dead.replay:billing");
    assertThatThrownBy(() -> builder().fromBeginning().build().run()).isSameAs(commitRefusal);
    assertThat(topic).hasSize(1);
  }

  @Test
  void aFaultOfTheSystemEndsTheRunAndMovesNothing() {
    letter(0, "MAPPER_FAILED", "");
    replaysFailWith(new SystemException("Table gone", "ResourceNotFoundException", null));
    assertThatThrownBy(() -> builder().build().run()).isInstanceOf(SystemException.class);
    assertThat(position(DEAD)).isZero();
    assertThat(topic).hasSize(1);
  }

  @Test
  void anOutcomeThatStaysUnknownIsPutBackWithItsReason() {
    letter(0, "REJECTED_WRITE", "0.3");
    mapper = record -> Mapped.write(Write.event("e").create("payments", Map.of()));
    replaysFailWith(new UnknownOutcomeException("timed out", null));
    ReplayReport report = builder().build().run();
    assertThat(writer.replays).hasSize(3);
    assertThat(report.stillFailing()).containsOnlyKeys("REJECTED_WRITE");
    assertThat(header(1, "reason")).isEqualTo("REJECTED_WRITE");
    assertThat(header(1, "suffixes")).isEqualTo("0.3");
    assertThat(header(1, "partial")).as("it may be there").isEqualTo("true");
  }

  @Test
  void aLetterThatCannotBeMappedForNowKeepsItsReason() {
    letter(0, "REJECTED_WRITE", "0.3");
    RecordMapper sound = mapper;
    mapper =
        record -> {
          if (mapped.size() < 3) {
            throw new TimeoutException("the registry does not answer");
          }
          return sound.map(record);
        };
    assertThat(builder().build().run().replayed()).isEqualTo(1);

    mapped.clear();
    mapper =
        record -> {
          throw new TimeoutException("the registry does not answer");
        };
    assertThat(builder().fromBeginning().build().run().stillFailing())
        .containsOnlyKeys("REJECTED_WRITE");
    assertThat(mapped).hasSize(3);
    assertThat(header(1, "suffixes")).isEqualTo("0.3");
    assertThat(header(1, "partial")).isEqualTo("false");
  }

  @Test
  void aMapperThatFaultsTheSystemEndsTheRunAndMovesNothing() {
    letter(0, "MAPPER_FAILED", "");
    mapper =
        record -> {
          throw new SystemException("Table gone", "ResourceNotFoundException", null);
        };
    assertThatThrownBy(() -> builder().build().run()).isInstanceOf(SystemException.class);
    assertThat(position(DEAD)).isZero();
    assertThat(topic).hasSize(1);
  }

  /** Else it would go to other shards, once its claim is gone. */
  @Test
  void aLetterThatTheMapperFailsOnKeepsTheSuffixesThatItNames() {
    letter(0, "REJECTED_WRITE", "0.3,-;0.7");
    mapper = record -> Mapped.reject("no more");
    builder().build().run();
    assertThat(header(1, "suffixes")).isEqualTo("0.3,-;0.7");
  }

  /** Else those effects would go to other shards the next time. */
  @Test
  void aWriteThatIsSupersededKeepsItsSuffixesInTheNextLetter() {
    letter(0, "REJECTED_WRITE", "");
    Write bad = Write.event("bad").create("payments", Map.of());
    mapper = record -> Mapped.writes(List.of(Write.event("stale").put("p", Map.of()), bad));
    writer.replaying =
        pending ->
            pending.write().eventId().equals("bad")
                ? CompletableFuture.failedFuture(new InvalidWriteException("no key"))
                : CompletableFuture.completedFuture(
                    new Outcome.Superseded(List.of(new Suffix(0, 3)), List.of(0)));
    builder().build().run();
    assertThat(header(1, "suffixes")).isEqualTo("0.3;");
    assertThat(header(1, "partial")).isEqualTo("true");
  }

  @Test
  void anErrorOfTheMapperNamesTheRecordAndQuotesNothing() {
    letter(7, "MAPPER_FAILED", "");
    mapper =
        record -> {
          throw new NoClassDefFoundError("secret");
        };
    assertThatThrownBy(() -> builder().build().run())
        .isInstanceOf(MapperError.class)
        .hasMessageContaining("payments/5/7")
        .hasMessageNotContaining("secret");
    assertThat(position(DEAD)).isZero();
  }

  @Test
  void aLetterThatTheWriterNeverAcceptedIsNotTakenForPartial() {
    letter(0, "REJECTED_WRITE", "0.3");
    replaysFailWith(new BufferFullException("full"));
    assertThat(builder().build().run().stillFailing()).containsOnlyKeys("REJECTED_WRITE");
    assertThat(writer.replays).hasSize(3);
    assertThat(header(1, "partial")).as("so that its claim may be released").isEqualTo("false");
  }

  @Test
  void aLetterOnceUnknownStaysPartialThoughTheWriterIsFullLater() {
    letter(0, "REJECTED_WRITE", "0.3");
    writer.replaying =
        pending ->
            CompletableFuture.failedFuture(
                writer.replays.size() == 1
                    ? new UnknownOutcomeException("timed out", null)
                    : new BufferFullException("full"));
    builder().build().run();
    assertThat(header(1, "partial")).isEqualTo("true");
  }

  @Test
  void retriesKeepTheRateToo() {
    for (int offset = 0; offset < 10; offset++) {
      letter(offset, "MAPPER_FAILED", "");
    }
    var now = new AtomicReference<>(Instant.EPOCH);
    List<Instant> attempts = new ArrayList<>();
    writer.replaying =
        pending -> {
          attempts.add(now.get());
          return CompletableFuture.failedFuture(new UnknownOutcomeException("timed out", null));
        };
    builder()
        .recordsPerSecond(10)
        .clock(now::get)
        .waiting(wait -> now.updateAndGet(at -> at.plus(wait)))
        .build()
        .run();
    assertThat(attempts).hasSize(30);
    for (int i = 1; i < attempts.size(); i++) {
      assertThat(Duration.between(attempts.get(i - 1), attempts.get(i)))
          .isGreaterThanOrEqualTo(Duration.ofMillis(100));
    }
  }

  @Test
  void anInterruptionEndsTheRunAndLeavesWhatIsUnderWayToTheNext() {
    letter(0, "MAPPER_FAILED", "");
    letter(1, "MAPPER_FAILED", "");
    writer.replaying =
        pending -> {
          // As a writer does whose caller is interrupted while it waits for room.
          Thread.currentThread().interrupt();
          return CompletableFuture.failedFuture(new BufferFullException("interrupted"));
        };
    assertThatThrownBy(() -> builder().build().run()).isInstanceOf(InterruptException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(writer.replays).hasSize(1);
    assertThat(topic).hasSize(2);
    assertThat(position(DEAD)).isZero();

    writer.replaying = pending -> CompletableFuture.completedFuture(FakeWriter.APPLIED);
    assertThat(builder().build().run().replayed()).isEqualTo(2);
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void anInterruptionEndsTheWaitForAWriteThatDoesNotEnd() {
    letter(0, "MAPPER_FAILED", "");
    writer.replaying =
        pending -> {
          Thread.currentThread().interrupt();
          return new CompletableFuture<>();
        };
    assertThatThrownBy(() -> builder().build().run()).isInstanceOf(InterruptException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(position(DEAD)).isZero();
  }

  @Test
  void aClaimThatIsRefusedAgainIsReleasedOnceTheLetterIsBack() {
    letter(0, "REJECTED_WRITE", "0.3");
    replaysFailWith(
        new RejectedWriteException(
            "Refused", "ValidationException", false, List.of(new Suffix(0, 3))));
    writer.releases.put("payments/5/0=e0", CompletableFuture.completedFuture(true));
    builder().build().run();
    assertThat(writer.releases).containsOnlyKeys("payments/5/0=e0");
    assertThat(header(1, "suffixes")).isEqualTo("0.3");
    assertThat(header(1, "partial")).isEqualTo("false");
  }

  private void aRecordIsRefusedWithItsClaim() {
    letter(0, "REJECTED_WRITE", "0.3");
    replaysFailWith(
        new RejectedWriteException(
            "Refused", "ValidationException", false, List.of(new Suffix(0, 3))));
  }

  @Test
  void aReleaseThatIsNotKnownIsAskedForAgain() {
    aRecordIsRefusedWithItsClaim();
    List<String> asked = new ArrayList<>();
    writer.releasing =
        claim -> {
          asked.add(claim);
          return asked.size() < 4
              ? CompletableFuture.failedFuture(new UnknownOutcomeException("timed out", null))
              : CompletableFuture.completedFuture(true);
        };
    assertThat(builder().build().run().stillFailing()).containsOnlyKeys("REJECTED_WRITE");
    assertThat(asked).hasSize(4).containsOnly("payments/5/0=e0");
    assertThat(waits)
        .containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4));
    assertThat(position(DEAD)).isEqualTo(1);
  }

  @Test
  void aLetterIsNotPutBackAgainForAClaimThatStays() {
    for (SluiceException failure :
        List.of(
            new SystemException("No delete", "AccessDeniedException", null),
            new UnknownOutcomeException("timed out", null))) {
      topic.clear();
      groups.clear();
      aRecordIsRefusedWithItsClaim();
      writer.releasing = claim -> CompletableFuture.failedFuture(failure);
      assertThatThrownBy(() -> builder().build().run()).isSameAs(failure);
      assertThat(topic).hasSize(2);
      assertThat(position(DEAD)).isEqualTo(1);
    }
  }

  @Test
  void whatIsNoDeadLetterIsLeftAlone() {
    topic.add(new ProducerRecord<>("dead", null, new byte[] {1}));
    letter(0, "MAPPER_FAILED", "");
    assertThat(builder().build().run())
        .isEqualTo(new ReplayReport(1, Map.of(), Map.of(), Map.of(), 0, 1));
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThatThrownBy(() -> DeadLetterReplay.builder(Map.of(), writer).build())
        .hasMessageContaining("deadLetterTopic is missing");
    assertThatThrownBy(
            () -> DeadLetterReplay.builder(Map.of(), writer).deadLetterTopic("dead").build())
        .hasMessageContaining("mapper is missing");
    assertThatThrownBy(() -> builder(" ").build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("group.id is missing; it must name the consumer group");
    assertThatThrownBy(() -> builder().recordsPerSecond(0))
        .hasMessageContaining("recordsPerSecond is 0");
    assertThatThrownBy(() -> builder().reasons(List.of("A,B"))).hasMessageContaining("'A,B'");
    assertThatThrownBy(
            () -> builder().consumerFactory(all -> new MockConsumer<>("earliest")).build().run())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("dead does not exist");
  }
}
