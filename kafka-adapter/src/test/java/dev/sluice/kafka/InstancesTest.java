package dev.sluice.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.kafka.record.ConsumerHealth.State;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.model.ConfigurationException;
import dev.sluice.model.SystemException;
import dev.sluice.model.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several loops in one process are one consumer. */
@Timeout(30)
class InstancesTest {
  private static final int COUNT = 3;

  private final FakeWriter writer = new FakeWriter();
  private final List<MockConsumer<byte[], byte[]>> kafka = new ArrayList<>();
  private final List<Map<String, Object>> settings = new ArrayList<>();
  private final Map<String, Object> properties =
      new HashMap<>(
          Map.of(
              "bootstrap.servers",
              "localhost:1",
              "group.id",
              "billing",
              "group.instance.id",
              "host-7",
              "client.id",
              "payments"));

  /** Gives each instance the partition of its number, with one record. */
  private IdempotentConsumerBuilder builder() {
    return IdempotentConsumer.builder(properties, writer)
        .topics("payments")
        .instances(COUNT)
        .mapper(record -> Mapped.write(Write.event("e" + record.partition())))
        .consumerFactory(
            given -> {
              settings.add(given);
              return mock(kafka.size());
            });
  }

  private MockConsumer<byte[], byte[]> mock(int partition) {
    var mock = new MockConsumer<byte[], byte[]>("earliest");
    mock.updatePartitions("payments", List.of(new PartitionInfo("payments", 0, null, null, null)));
    var id = new TopicPartition("payments", partition);
    mock.updateBeginningOffsets(Map.of(id, 0L));
    mock.updateEndOffsets(Map.of(id, 1L));
    mock.schedulePollTask(() -> mock.rebalance(List.of(id)));
    mock.schedulePollTask(
        () ->
            mock.addRecord(
                new ConsumerRecord<>("payments", partition, 0, new byte[] {1}, new byte[] {2})));
    kafka.add(mock);
    return mock;
  }

  private void awaitAll() {
    await().until(() -> List.copyOf(writer.accepted).size() == COUNT);
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("sluice-consumer-"))
        .sorted()
        .toList();
  }

  @Test
  void theyReadIntoOneWriterAndCloseTogether() {
    var consumer = builder().build();
    consumer.start();
    awaitAll();
    assertThat(threads())
        .containsExactly(
            "sluice-consumer-billing-0", "sluice-consumer-billing-1", "sluice-consumer-billing-2");
    await().until(() -> consumer.health().partitions().size() == COUNT);
    assertThat(consumer.health().isHealthy()).isTrue();
    writer.apply("payments/1/0");

    var report = consumer.close(Duration.ofSeconds(2));

    assertThat(report.terminated()).isTrue();
    assertThat(report.unfinished())
        .containsOnly(
            Map.entry(new TopicPartition("payments", 0), 1),
            Map.entry(new TopicPartition("payments", 2), 1));
    assertThat(kafka).allMatch(MockConsumer::closed);
    assertThat(threads()).isEmpty();
    assertThat(consumer.terminated()).isCompleted();
    assertThat(writer.closed).isFalse();
  }

  @Test
  void theirStaticMembersAndClientsAreToldApart() {
    var consumer = builder().build();
    consumer.start();
    consumer.close(Duration.ofSeconds(5));
    assertThat(settings)
        .extracting(each -> each.get("group.instance.id") + " " + each.get("client.id"))
        .containsExactly("host-7-0 payments-0", "host-7-1 payments-1", "host-7-2 payments-2");
  }

  @Test
  void oneAloneKeepsItsNames() {
    var consumer = builder().instances(1).build();
    consumer.start();
    consumer.close(Duration.ofSeconds(5));
    assertThat(settings.get(0))
        .containsEntry("group.instance.id", "host-7")
        .containsEntry("client.id", "payments");
  }

  @Test
  void theFailureOfOneEndsAllVisibly() {
    var told = new AtomicReference<Throwable>();
    var consumer = builder().onFatal(told::set).build();
    consumer.start();
    awaitAll();
    writer.apply("payments/0/0", "payments/2/0");
    var failure = new SystemException("Access denied", "AccessDeniedException", null);

    writer.fail("payments/1/0", failure);

    await().until(() -> told.get() != null);
    assertThat(told.get()).isSameAs(failure);
    assertThat(consumer.terminated().toCompletableFuture()).isCompletedExceptionally();
    assertThat(consumer.health().state()).isEqualTo(State.FAILED);
    assertThat(kafka).allMatch(MockConsumer::closed);
    assertThat(consumer.close(Duration.ofSeconds(1)).unfinished())
        .containsOnly(Map.entry(new TopicPartition("payments", 1), 1));
  }

  @Test
  void runReadsWithTheCallersThreadAndComesBackWhenAllHaveEnded() throws Exception {
    writer.immediately = pending -> FakeWriter.APPLIED;
    var consumer = builder().build();
    var running = CompletableFuture.runAsync(consumer::run);
    awaitAll();
    assertThat(threads()).containsExactly("sluice-consumer-billing-1", "sluice-consumer-billing-2");

    assertThat(consumer.close(Duration.ofSeconds(10)).clean()).isTrue();

    running.get(10, TimeUnit.SECONDS);
    assertThat(consumer.terminated()).isCompleted();
  }

  @Test
  void ifOneCannotStartNoneDoes() {
    var consumer =
        builder()
            .consumerFactory(
                given -> {
                  var mock = mock(kafka.size());
                  if (kafka.size() == 2) {
                    mock.updatePartitions("payments", List.of());
                  }
                  return mock;
                })
            .build();
    assertThatThrownBy(consumer::start).isInstanceOf(ConfigurationException.class);
    assertThat(kafka).hasSize(2).allMatch(MockConsumer::closed);
    assertThat(threads()).isEmpty();
    assertThat(consumer.health().state()).isEqualTo(State.FAILED);
    assertThat(consumer.close(Duration.ofSeconds(1)).terminated()).isTrue();
  }

  @Test
  void pausingPausesAll() {
    var consumer = builder().build();
    consumer.start();
    awaitAll();
    consumer.pause();
    await().until(() -> kafka.stream().allMatch(mock -> mock.paused().size() == 1));
    consumer.resume();
    await().until(() -> kafka.stream().allMatch(mock -> mock.paused().isEmpty()));
    consumer.close(Duration.ofMillis(503));
  }
}
