package dev.sluice.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.kafka.record.ConsumerHealth.State;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.kafka.record.MapperError;
import dev.sluice.model.ConfigurationException;
import dev.sluice.model.SystemException;
import dev.sluice.model.Write;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class IdempotentConsumerTest {
  private static final TopicPartition P0 = new TopicPartition("payments", 0);

  private final FakeWriter writer = new FakeWriter();
  private final MockConsumer<byte[], byte[]> kafka = new MockConsumer<>("earliest");
  private final Map<String, Object> properties =
      new HashMap<>(Map.of("bootstrap.servers", "localhost:1", "group.id", "billing"));

  private IdempotentConsumerBuilder builder() {
    kafka.updatePartitions("payments", List.of(new PartitionInfo("payments", 0, null, null, null)));
    kafka.updateBeginningOffsets(Map.of(P0, 0L));
    return IdempotentConsumer.builder(properties, writer)
        .topics("payments")
        .mapper(record -> Mapped.write(Write.event("e" + record.offset())))
        .consumerFactory(settings -> kafka);
  }

  private void arrive(long... offsets) {
    kafka.schedulePollTask(() -> kafka.rebalance(List.of(P0)));
    for (long offset : offsets) {
      kafka.schedulePollTask(
          () ->
              kafka.addRecord(
                  new ConsumerRecord<>("payments", 0, offset, new byte[] {1}, new byte[] {2})));
    }
  }

  @Test
  void runsOnItsOwnThreadAndLeavesNoneBehind() {
    arrive(0, 1, 2);
    writer.immediately = pending -> FakeWriter.APPLIED;
    var consumer = builder().build();
    consumer.start();
    await().until(() -> writer.accepted.size() == 3);

    var report = consumer.close(Duration.ofSeconds(10));

    assertThat(report.clean()).isTrue();
    assertThat(consumer.terminated()).isCompleted();
    assertThat(kafka.closed()).isTrue();
    assertThat(writer.closed).isFalse();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("sluice-consumer"));
    assertThat(consumer.close(Duration.ofSeconds(1))).isEqualTo(report);
  }

  @Test
  void closeKeepsItsDeadlineAndTellsWhatIsLeft() {
    arrive(0);
    var consumer = builder().build();
    consumer.start();
    await().until(() -> writer.accepted.size() == 1);

    var report = consumer.close(Duration.ofMillis(900));

    assertThat(report.terminated()).isTrue();
    assertThat(report.unfinished()).containsEntry(P0, 1);
  }

  @Test
  void closeComesBackAlthoughAMapperDoesNot() {
    arrive(0);
    var entered = new CountDownLatch(1);
    var leave = new CountDownLatch(1);
    var consumer =
        builder()
            .mapper(
                record -> {
                  entered.countDown();
                  leave.await();
                  return Mapped.skip();
                })
            .build();
    consumer.start();
    await().until(() -> entered.getCount() == 0);

    assertThat(consumer.close(Duration.ofMillis(101)).terminated()).isFalse();
    leave.countDown();
    assertThat(consumer.close(Duration.ofSeconds(10)).terminated()).isTrue();
  }

  @Test
  void aFaultOfTheSystemIsVisibleInEveryWay() {
    arrive(0);
    var told = new AtomicReference<Throwable>();
    var consumer = builder().onFatal(told::set).build();
    consumer.start();
    await().until(() -> writer.accepted.size() == 1);
    var failure = new SystemException("Access denied", "AccessDeniedException", null);

    writer.fail("payments/0/0", failure);

    await().until(() -> told.get() != null);
    assertThat(told.get()).isSameAs(failure);
    assertThatThrownBy(() -> consumer.terminated().toCompletableFuture().get(5, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCause(failure);
    assertThat(consumer.close(Duration.ofSeconds(1)).unfinished()).containsEntry(P0, 1);
    assertThat(kafka.closed()).isTrue();
  }

  @Test
  void runThrowsWhatEndedIt() {
    arrive(0);
    var failure = new IllegalStateException("mapper's own");
    var consumer =
        builder()
            .mapper(
                record -> {
                  throw new AssertionError(failure);
                })
            .build();
    assertThatThrownBy(consumer::run)
        .isInstanceOfSatisfying(
            MapperError.class, error -> assertThat(error.thrown()).hasCause(failure));
  }

  @Test
  void aMapperMayAskForTheClose() {
    arrive(0);
    var self = new AtomicReference<IdempotentConsumer>();
    var consumer =
        builder()
            .mapper(
                record -> {
                  assertThat(self.get().close(Duration.ofSeconds(5)).terminated()).isFalse();
                  return Mapped.skip();
                })
            .build();
    self.set(consumer);

    consumer.run();

    assertThat(consumer.terminated()).isCompleted();
    assertThat(kafka.closed()).isTrue();
  }

  @Test
  void aConsumerRunsOnce() {
    var consumer = builder().build();
    assertThat(consumer.close(Duration.ofSeconds(1)).clean()).isTrue();
    assertThatThrownBy(consumer::start).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aMissingTopicFailsTheStart() {
    var consumer = builder().topics("nowhere").build();
    assertThatThrownBy(consumer::start)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("Topic nowhere does not exist");
    assertThat(consumer.terminated().toCompletableFuture()).isCompletedExceptionally();
  }

  private static List<String> adminThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("kafka-admin-client"))
        .toList();
  }

  private static void assertNoAdminIsLeft() {
    await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(adminThreads()).isEmpty());
  }

  @Test
  void theClientThatIsAskedAboutCompactionEndsWithTheConsumer() {
    writer.toleratesCompaction = false;
    var consumer = builder().build();
    consumer.start();
    assertThat(adminThreads()).as("waits for a broker").hasSize(1);
    consumer.close(Duration.ofSeconds(10));
    assertNoAdminIsLeft();
  }

  @Test
  void theClientThatIsAskedAboutCompactionEndsWithAStartThatFails() {
    writer.toleratesCompaction = false;
    var consumer =
        builder()
            .deadLetterTopic("nowhere")
            .producerFactory(
                settings -> {
                  assertThat(adminThreads()).as("waits for a broker").hasSize(1);
                  throw new IllegalStateException("no producer");
                })
            .build();
    assertThatThrownBy(consumer::start).hasMessage("no producer");
    assertNoAdminIsLeft();
  }

  @Test
  void healthFollowsAConsumerThroughItsLife() {
    arrive(0);
    writer.immediately = pending -> FakeWriter.APPLIED;
    var consumer = builder().build();
    assertThat(consumer.health().state()).isEqualTo(State.NEW);
    assertThat(consumer.health().isHealthy()).isFalse();
    assertThat(consumer.health().partitions()).isEmpty();

    consumer.pause();
    consumer.pause();
    consumer.start();
    assertThat(consumer.health().state()).isEqualTo(State.PAUSED);
    await().until(() -> consumer.health().partitions().containsKey(P0));
    assertThat(consumer.health().isHealthy()).isTrue();
    consumer.resume();
    await().until(() -> writer.accepted.size() == 1);
    assertThat(consumer.health().state()).isEqualTo(State.RUNNING);

    consumer.close(Duration.ofSeconds(10));
    assertThat(consumer.health().state()).isEqualTo(State.CLOSED);
    assertThat(consumer.health().problems()).containsExactly("The consumer is CLOSED.");
    assertThat(consumer.health().partitions()).isEmpty();
  }

  @Test
  void aConsumerThatFailedSaysSo() {
    var missing = builder().topics("nowhere").build();
    assertThatThrownBy(missing::start).isInstanceOf(ConfigurationException.class);
    assertThat(missing.health().state()).isEqualTo(State.FAILED);
  }
}
