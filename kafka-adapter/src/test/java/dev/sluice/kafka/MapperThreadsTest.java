package dev.sluice.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.kafka.internal.deadletter.DeadLetter;
import dev.sluice.kafka.internal.deadletter.DeadLetterCodec;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.kafka.record.RecordMapper;
import dev.sluice.kafka.record.TypedMapper;
import dev.sluice.model.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A mapper meets no other thread in itself, unless it says that it may. */
@Timeout(60)
class MapperThreadsTest {
  private static final int COUNT = 3;
  private static final int RECORDS = 101;

  private final FakeWriter writer = new FakeWriter();
  private final List<IdempotentConsumer> running = new ArrayList<>();
  private final AtomicInteger mocks = new AtomicInteger();
  private final AtomicInteger polls = new AtomicInteger();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicInteger done = new AtomicInteger();

  @AfterEach
  void closed() {
    running.forEach(each -> each.close(Duration.ofSeconds(5)));
  }

  private IdempotentConsumerBuilder builder(int instances) {
    writer.immediately = pending -> FakeWriter.APPLIED;
    return IdempotentConsumer.builder(
            Map.of("bootstrap.servers", "localhost:1", "group.id", "billing"), writer)
        .topics("payments")
        .instances(instances)
        .consumerFactory(given -> mock(mocks.getAndIncrement()));
  }

  private void start(IdempotentConsumerBuilder builder) {
    IdempotentConsumer consumer = builder.build();
    running.add(consumer);
    consumer.start();
  }

  /** A partition of its own for each client. */
  private MockConsumer<byte[], byte[]> mock(int partition) {
    var mock =
        new MockConsumer<byte[], byte[]>("earliest") {
          @Override
          public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            polls.incrementAndGet();
            return super.poll(timeout);
          }
        };
    mock.updatePartitions("payments", List.of(new PartitionInfo("payments", 0, null, null, null)));
    var id = new TopicPartition("payments", partition);
    mock.updateBeginningOffsets(Map.of(id, 0L));
    mock.updateEndOffsets(Map.of(id, 1L));
    mock.schedulePollTask(() -> mock.rebalance(List.of(id)));
    mock.schedulePollTask(
        () -> {
          for (int i = 0; i < RECORDS; i++) {
            byte[] content = (partition + "/" + i).getBytes(UTF_8);
            mock.addRecord(new ConsumerRecord<>("payments", partition, i, content, content));
          }
        });
    return mock;
  }

  /** Notices another thread that is in it, and gives it the time to come. */
  private final class Lonely implements RecordMapper {
    private final AtomicBoolean inUse = new AtomicBoolean();

    @Override
    public Mapped map(ConsumerRecord<byte[], byte[]> record) throws Exception {
      if (!inUse.compareAndSet(false, true)) {
        wrong.add("two threads at " + record.partition() + "/" + record.offset());
        return Mapped.skip();
      }
      var another = new CountDownLatch(1);
      var unused = another.await(1, TimeUnit.MILLISECONDS);
      inUse.set(false);
      done.incrementAndGet();
      return Mapped.skip();
    }
  }

  /** Keeps what it reads for a moment, and reads it into the same object each time. */
  private static final class Reusing implements Deserializer<StringBuilder> {
    private final StringBuilder same = new StringBuilder();

    @Override
    public StringBuilder deserialize(String topic, byte[] data) {
      same.setLength(0);
      for (byte each : data) {
        same.append((char) each);
        LockSupport.parkNanos(1_000);
      }
      return same;
    }
  }

  private Mapped compare(
      StringBuilder key, StringBuilder value, ConsumerRecord<byte[], byte[]> record) {
    LockSupport.parkNanos(1_000);
    String own = record.partition() + "/" + record.offset();
    if (!own.contentEquals(key) || !own.contentEquals(value)) {
      wrong.add(own + " got " + key + " and " + value);
    }
    done.incrementAndGet();
    return Mapped.skip();
  }

  private void awaitAll(int consumers) {
    await().until(() -> done.get() + wrong.size() >= consumers * RECORDS);
    assertThat(wrong).isEmpty();
    assertThat(done).hasValue(consumers * RECORDS);
  }

  @Test
  void instancesTakeTurnsWithOneMapper() {
    start(builder(COUNT).mapper(new Lonely()));
    awaitAll(COUNT);
  }

  @Test
  void aSupplierMayGiveTheSameMapperEachTime() {
    var one = new Lonely();
    start(builder(COUNT).mappers(() -> one));
    awaitAll(COUNT);
  }

  @Test
  void twoConsumersTakeTurnsWithOneMapper() {
    var one = new Lonely();
    start(builder(1).mapper(one));
    start(builder(1).mapper(one));
    awaitAll(2);
  }

  @Test
  void aReplayTakesTurnsWithAConsumer() {
    var one = new Lonely();
    start(builder(1).mapper(one));
    DeadLetterReplay replay =
        DeadLetterReplay.builder(Map.of("group.id", "billing"), writer)
            .deadLetterTopic("dead")
            .mapper(one)
            .recordsPerSecond(1_000_000)
            .consumerFactory(given -> letters())
            .producerFactory(given -> new MockProducer<>())
            .build();
    assertThat(replay.run().replayed()).isEqualTo(RECORDS);
    awaitAll(2);
  }

  private MockConsumer<byte[], byte[]> letters() {
    var id = new TopicPartition("dead", 0);
    var mock = new MockConsumer<byte[], byte[]>("earliest");
    mock.updatePartitions("dead", List.of(new PartitionInfo("dead", 0, null, null, null)));
    mock.updateBeginningOffsets(Map.of(id, 0L));
    mock.updateEndOffsets(Map.of(id, (long) RECORDS));
    mock.schedulePollTask(
        () -> {
          for (int i = 0; i < RECORDS; i++) {
            var letter =
                DeadLetterCodec.encode(
                    new DeadLetter(
                        new ConsumerRecord<>("payments", 9, i, new byte[0], new byte[0]),
                        "payments/9/" + i,
                        "",
                        "billing",
                        new DeadLetter.Cause("MAPPER_FAILED", ""),
                        false,
                        new DeadLetter.Attempts(1, Instant.EPOCH, Instant.EPOCH)),
                    "dead");
            mock.addRecord(
                new ConsumerRecord<>(
                    "dead",
                    0,
                    i,
                    1L,
                    TimestampType.CREATE_TIME,
                    0,
                    0,
                    letter.key(),
                    letter.value(),
                    letter.headers(),
                    Optional.empty()));
          }
        });
    return mock;
  }

  @Test
  void instancesTakeTurnsWithDeserialisers() {
    start(
        builder(COUNT)
            .mapper(RecordMapper.deserializing(new Reusing(), new Reusing(), this::compare)));
    awaitAll(COUNT);
  }

  @Test
  void oneDeserialiserInSeveralMappersIsUsedByOneThread() {
    var shared = new Reusing();
    var other = new Reusing();
    TypedMapper<StringBuilder, StringBuilder> both = this::compare;
    TypedMapper<StringBuilder, StringBuilder> crossed =
        (one, another, record) -> compare(another, one, record);
    start(builder(1).mapper(RecordMapper.deserializing(shared, other, both)));
    start(builder(1).mapper(RecordMapper.deserializing(other, shared, crossed)));
    RecordMapper within = RecordMapper.deserializing(shared, other, both);
    start(builder(1).mapper(record -> within.map(record)));
    awaitAll(COUNT);
  }

  @Test
  void aMapperForEachInstanceWaitsForNone() {
    var together = new CyclicBarrier(COUNT);
    start(
        builder(COUNT)
            .mappers(
                () ->
                    new RecordMapper() {
                      @Override
                      public Mapped map(ConsumerRecord<byte[], byte[]> record) throws Exception {
                        together.await(30, TimeUnit.SECONDS);
                        done.incrementAndGet();
                        return Mapped.skip();
                      }
                    }));
    awaitAll(COUNT);
  }

  @Test
  void aMapperThatSaysSoIsCalledByAllAtOnce() {
    var together = new CyclicBarrier(COUNT);
    RecordMapper mapper =
        record -> {
          together.await(30, TimeUnit.SECONDS);
          done.incrementAndGet();
          return Mapped.skip();
        };
    start(builder(COUNT).mapper(RecordMapper.threadSafe(mapper)));
    awaitAll(COUNT);
  }

  @Test
  void whoWaitsForTheMapperGoesOnPolling() {
    var entered = new CountDownLatch(1);
    var leave = new CountDownLatch(1);
    start(
        builder(2)
            .mapper(
                record -> {
                  entered.countDown();
                  leave.await();
                  done.incrementAndGet();
                  return Mapped.write(Write.event("e" + record.offset()));
                }));
    await().until(() -> entered.getCount() == 0);
    int before = polls.get();
    await().until(() -> polls.get() > before + 5);
    assertThat(done).hasValue(0);
    leave.countDown();
    awaitAll(2);
  }

  @Test
  void aSupplierThatGivesNoMapperIsRefused() {
    assertThatThrownBy(() -> builder(COUNT).mappers(() -> null).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("instance 0");
  }
}
