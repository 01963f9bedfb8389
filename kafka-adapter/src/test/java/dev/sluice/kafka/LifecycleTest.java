package dev.sluice.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.kafka.record.ConsumerCloseReport;
import dev.sluice.kafka.record.ConsumerHealth.State;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.kafka.record.RecordMapper;
import dev.sluice.model.Write;
import dev.sluice.model.WriterClosedException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a consumer ends when it is interrupted, closed by a hook, or outlived by its mapper. */
@Timeout(30)
class LifecycleTest {
  private static final TopicPartition P0 = new TopicPartition("payments", 0);

  private final FakeWriter writer = new FakeWriter();
  private final CountDownLatch mapping = new CountDownLatch(1);
  private final CountDownLatch mapped = new CountDownLatch(1);
  private final AtomicReference<Throwable> fatal = new AtomicReference<>();
  private RecordMapper mapper = record -> Mapped.write(Write.event("e" + record.offset()));

  /** Interrupted, it throws as the real one does. */
  private final MockConsumer<byte[], byte[]> kafka =
      new MockConsumer<>("earliest") {
        @Override
        public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
          if (Thread.interrupted()) {
            throw new InterruptException("interrupted");
          }
          return super.poll(timeout);
        }
      };

  private IdempotentConsumer consumer() {
    kafka.updatePartitions("payments", List.of(new PartitionInfo("payments", 0, null, null, null)));
    kafka.updateBeginningOffsets(Map.of(P0, 0L));
    kafka.updateEndOffsets(Map.of(P0, 1L));
    kafka.schedulePollTask(() -> kafka.rebalance(List.of(P0)));
    kafka.schedulePollTask(
        () ->
            kafka.addRecord(
                new ConsumerRecord<>("payments", 0, 0, new byte[] {1}, new byte[] {2})));
    return IdempotentConsumer.builder(
            Map.of("bootstrap.servers", "localhost:1", "group.id", "billing"), writer)
        .topics("payments")
        .mapper(record -> mapper.map(record))
        .consumerFactory(given -> kafka)
        .onFatal(fatal::set)
        .build();
  }

  private Mapped slowly(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
    mapping.countDown();
    mapped.await();
    return Mapped.write(Write.event("e" + record.offset()));
  }

  @Test
  void whatRunsOnTerminationMayCloseTheConsumer() {
    var consumer = consumer();
    CompletableFuture<ConsumerCloseReport> hook = new CompletableFuture<>();
    var unused =
        consumer
            .terminated()
            .whenComplete((end, failure) -> hook.complete(consumer.close(Duration.ofDays(1))));
    consumer.start();
    consumer.close(Duration.ofSeconds(5));

    assertThat(hook).isCompletedWithValueMatching(ConsumerCloseReport::terminated);
  }

  @Test
  void aMapperThatOutlivesCloseAndItsWriterIsNoFailure() throws Exception {
    mapper = this::slowly;
    var consumer = consumer();
    consumer.start();
    assertThat(mapping.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(consumer.close(Duration.ofMillis(10)).terminated()).isFalse();
    writer.refusal = new WriterClosedException("The writer is closed.");
    mapped.countDown();

    await().until(() -> consumer.terminated().toCompletableFuture().isDone());
    assertThat(consumer.terminated()).isCompleted();
    assertThat(consumer.health().state()).isEqualTo(State.CLOSED);
    assertThat(fatal).hasNullValue();
    assertThat(kafka.closed()).isTrue();
  }

  @Test
  void aWriterThatIsClosedBeforeItsConsumerIsAFailure() throws Exception {
    mapper = this::slowly;
    var consumer = consumer();
    consumer.start();
    writer.refusal = new WriterClosedException("The writer is closed.");
    mapped.countDown();

    await().until(() -> fatal.get() != null);
    assertThat(fatal).hasValue(writer.refusal);
    assertThat(consumer.health().state()).isEqualTo(State.FAILED);
  }

  @Test
  void anInterruptionOfRunClosesInOrder() throws Exception {
    var consumer = consumer();
    AtomicReference<Boolean> interrupted = new AtomicReference<>();
    Thread running =
        new Thread(
            () -> {
              consumer.run();
              interrupted.set(Thread.currentThread().isInterrupted());
            });
    running.start();
    await().until(() -> writer.accepted.size() == 1);
    running.interrupt();
    await().until(() -> consumer.health().state() == State.RUNNING && writer.flushes > 0);
    writer.apply("payments/0/0");
    running.join(10_000);

    assertThat(running.isAlive()).isFalse();
    assertThat(interrupted).hasValue(true);
    assertThat(consumer.terminated()).isCompleted();
    assertThat(consumer.health().state()).isEqualTo(State.CLOSED);
    assertThat(fatal).hasNullValue();
    assertThat(kafka.closed()).isTrue();
  }

  @Test
  void anInterruptionOfRunInTheMapperIsNoFailureEither() throws Exception {
    mapper = this::slowly;
    var consumer = consumer();
    Thread running = new Thread(consumer::run);
    running.start();
    assertThat(mapping.await(10, TimeUnit.SECONDS)).isTrue();
    running.interrupt();
    running.join(10_000);

    assertThat(running.isAlive()).isFalse();
    assertThat(consumer.terminated()).isCompleted();
    assertThat(consumer.health().state()).isEqualTo(State.CLOSED);
    assertThat(writer.accepted).isEmpty();
    assertThat(fatal).hasNullValue();
  }

  @Test
  void anInterruptedCloseEndsTheConsumerAllTheSame() {
    var consumer = consumer();
    consumer.start();
    await().until(() -> writer.accepted.size() == 1);
    Thread.currentThread().interrupt();
    ConsumerCloseReport first = consumer.close(Duration.ofSeconds(10));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(first.terminated()).isFalse();
    writer.apply("payments/0/0");
    assertThat(consumer.close(Duration.ofSeconds(10)).terminated()).isTrue();
    assertThat(consumer.health().state()).isEqualTo(State.CLOSED);
  }
}
