package dev.sluice.kafka.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.kafka.broker.Groups.Protocol;
import dev.sluice.model.ConfigurationException;
import dev.sluice.testkit.kafka.EmbeddedKafka;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of a topic while it is read. */
@Timeout(120)
class TopicIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static EmbeddedKafka kafka;

  private final EventTable table = new EventTable();

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @AfterEach
  void closeTable() {
    table.close();
  }

  private static Map<String, Object> settings(String group, Protocol protocol) {
    Map<String, Object> settings = Groups.member(kafka.clientSettings(), group, protocol);
    settings.put("metadata.max.age.ms", 503);
    settings.put("sluice.lag.interval.ms", 307);
    return settings;
  }

  private static void send(String topic, int from, int to) {
    for (int n = from; n < to; n++) {
      kafka.send(topic, 0, "key" + n, topic + n);
    }
  }

  private static void awaitCommitted(String group, String topic, long offset) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(kafka.committed(group))
                    .containsEntry(new TopicPartition(topic, 0), offset));
  }

  // Takes the client up to a minute to notice.
  @EnabledIfSystemProperty(named = "sluice.full", matches = "true")
  @ParameterizedTest
  @MethodSource("dev.sluice.kafka.broker.Groups#protocols")
  void aTopicThatIsDeletedIsNamedAndTheOthersGoOnWithoutHaste(Protocol protocol) throws Exception {
    String group = "deleted-" + protocol;
    String doomed = group + ".doomed";
    String other = group + ".other";
    kafka.createTopic(doomed, 1);
    kafka.createTopic(other, 1);
    send(doomed, 0, 7);
    send(other, 0, 7);
    var process = ServiceProcess.start(table, settings(group, protocol), doomed, other);
    awaitCommitted(group, doomed, 7);
    awaitCommitted(group, other, 7);

    kafka.admin().deleteTopics(List.of(doomed)).all().get(30, TimeUnit.SECONDS);
    await()
        .atMost(PATIENCE.multipliedBy(3))
        .until(() -> !process.health().topics().missing().isEmpty());
    await().atMost(PATIENCE).until(() -> process.health().partitions().size() == 1);
    assertThat(process.health().topics().missing()).containsExactly(doomed);
    assertThat(process.health().isHealthy()).isFalse();

    int polls = process.metrics().polls.get();
    long start = System.nanoTime();
    send(other, 7, 18);
    awaitCommitted(group, other, 18);
    await().atMost(PATIENCE).until(() -> process.metrics().polls.get() > polls + 23);
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertThat(process.metrics().polls.get() - polls)
        .as("polls in %d ms", millis)
        .isLessThan((int) (50 + millis / 3));

    kafka.createTopic(doomed, 1);
    send(doomed, 7, 10);
    await().atMost(PATIENCE).until(() -> process.health().isHealthy());
    await().atMost(PATIENCE).until(() -> table.counts().size() == 7 + 18 + 3);
    assertThat(process.fatal()).isNull();
    assertThat(process.close().clean()).isTrue();
    assertThat(table.counts().values()).containsOnly(1);
  }

  @ParameterizedTest
  @MethodSource("dev.sluice.kafka.broker.Groups#protocols")
  void whatRetentionTookIsNotWaitedFor(Protocol protocol) throws Exception {
    String topic = "overtaken-" + protocol;
    kafka.createTopic(topic, 1);
    send(topic, 0, 7);
    var first = ServiceProcess.start(table, settings(topic, protocol), topic);
    awaitCommitted(topic, topic, 7);
    assertThat(first.close().clean()).isTrue();
    send(topic, 7, 18);
    kafka
        .admin()
        .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(18)))
        .all()
        .get(30, TimeUnit.SECONDS);

    var second = ServiceProcess.start(table, settings(topic, protocol), topic);
    awaitCommitted(topic, topic, 18);
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              var partition = second.health().partitions().get(new TopicPartition(topic, 0));
              return partition != null && Long.valueOf(0).equals(partition.lag());
            });
    send(topic, 18, 23);
    awaitCommitted(topic, topic, 23);
    assertThat(second.close().clean()).isTrue();
    assertThat(table.counts()).hasSize(7 + 5).allSatisfy((id, n) -> assertThat(n).isEqualTo(1));
  }

  @ParameterizedTest
  @MethodSource("dev.sluice.kafka.broker.Groups#protocols")
  void aDamagedBatchHoldsItsPartitionUntilItIsWhole(Protocol protocol) {
    String topic = "damaged-" + protocol;
    kafka.createTopic(topic, 3);
    TopicPartition damaged = new TopicPartition(topic, 1);
    for (int n = 0; n < 21; n++) {
      kafka.send(topic, n % 3, "key" + n, topic + n);
    }
    kafka.flipLastByte(topic, 1);

    Map<String, Object> settings = settings(topic, protocol);
    settings.put("sluice.retry.backoff.max.ms", 1_000);
    var process = ServiceProcess.start(table, settings, topic);
    await().atMost(PATIENCE).until(() -> table.counts().size() == 20);
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              var partition = process.health().partitions().get(damaged);
              return partition != null && partition.unreadable() != null;
            });
    assertThat(process.health().partitions().get(damaged).unreadable().offset()).isEqualTo(6);
    kafka.send(topic, 0, "key21", topic + 21);
    await().atMost(PATIENCE).until(() -> table.counts().size() == 21);
    assertThat(process.fatal()).isNull();

    kafka.flipLastByte(topic, 1);
    assertEachCountedOnce(22);
    await().atMost(PATIENCE).until(() -> process.health().isHealthy());
    assertThat(process.close().clean()).isTrue();
  }

  private static OffsetAndMetadata committed(String group, String topic) throws Exception {
    return kafka
        .admin()
        .listConsumerGroupOffsets(group)
        .partitionsToOffsetAndMetadata()
        .get(30, TimeUnit.SECONDS)
        .get(new TopicPartition(topic, 0));
  }

  private static void createAgain(String topic) throws Exception {
    kafka.admin().deleteTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              kafka.createTopic(topic, 1);
              return true;
            });
  }

  private static void commit(String group, String topic, OffsetAndMetadata offset)
      throws Exception {
    kafka
        .admin()
        .alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 0), offset))
        .all()
        .get(30, TimeUnit.SECONDS);
  }

  private void assertEachCountedOnce(int events) {
    await().atMost(PATIENCE).until(() -> table.counts().size() == events);
    assertThat(table.counts().values()).containsOnly(1);
  }

  /** The new one has less, or more, than was read of the former one. */
  @ParameterizedTest
  @MethodSource("dev.sluice.kafka.broker.Groups#protocols")
  void aTopicCreatedAgainWhileItIsReadLosesNothing(Protocol protocol) throws Exception {
    for (int more : new int[] {3, 23}) {
      String topic = "again-" + more + protocol;
      kafka.createTopic(topic, 1);
      int before = table.counts().size();
      send(topic, 0, 7);
      var process = ServiceProcess.start(table, settings(topic, protocol), topic);
      awaitCommitted(topic, topic, 7);
      assertThat(committed(topic, topic).leaderEpoch()).isPresent();
      createAgain(topic);
      send(topic, 7, 7 + more);

      assertEachCountedOnce(before + 7 + more);
      awaitCommitted(topic, topic, more);
      assertThat(process.fatal()).isNull();
      assertThat(process.close().clean()).isTrue();
    }
  }

  /** A commit of the former topic has come after the new one, say. */
  @ParameterizedTest
  @MethodSource("dev.sluice.kafka.broker.Groups#protocols")
  void whatIsCommittedOfAFormerTopicIsNotGoneOnFrom(Protocol protocol) throws Exception {
    String topic = "former-" + protocol;
    kafka.createTopic(topic, 1);
    send(topic, 0, 7);
    var first = ServiceProcess.start(table, settings(topic, protocol), topic);
    awaitCommitted(topic, topic, 7);
    await().atMost(PATIENCE).until(() -> !committed(topic, topic).metadata().isEmpty());
    assertThat(first.close().clean()).isTrue();
    OffsetAndMetadata former = committed(topic, topic);
    createAgain(topic);
    send(topic, 7, 18);
    commit(topic, topic, former);

    var second = ServiceProcess.start(table, settings(topic, protocol), topic);
    awaitCommitted(topic, topic, 11);
    assertThat(second.close().clean()).isTrue();
    assertEachCountedOnce(18);
  }

  @ParameterizedTest
  @MethodSource("dev.sluice.kafka.broker.Groups#protocols")
  void aCommittedOffsetBeyondTheEndGoesDownWithNothingToRead(Protocol protocol) throws Exception {
    String topic = "beyond-" + protocol;
    kafka.createTopic(topic, 1);
    send(topic, 0, 7);
    kafka
        .admin()
        .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(7)))
        .all()
        .get(30, TimeUnit.SECONDS);
    commit(topic, topic, new OffsetAndMetadata(50));
    var first = ServiceProcess.start(table, settings(topic, protocol), topic);
    awaitCommitted(topic, topic, 7);
    assertThat(first.close().clean()).isTrue();
    send(topic, 7, 67);

    var second = ServiceProcess.start(table, settings(topic, protocol), topic);
    awaitCommitted(topic, topic, 67);
    assertThat(second.close().clean()).isTrue();
    assertEachCountedOnce(60);
  }

  /** The client waits for the epoch for ever; only another one forgets it. Takes a while. */
  @EnabledIfSystemProperty(named = "sluice.full", matches = "true")
  @ParameterizedTest
  @MethodSource("dev.sluice.kafka.broker.Groups#protocols")
  void aLaterEpochOfAFormerTopicEndsOneConsumerAndNotTheNext(Protocol protocol) throws Exception {
    String topic = "epoch-" + protocol;
    kafka.createTopic(topic, 1);
    send(topic, 0, 7);
    var first = ServiceProcess.start(table, settings(topic, protocol), topic);
    awaitCommitted(topic, topic, 7);
    await().atMost(PATIENCE).until(() -> !committed(topic, topic).metadata().isEmpty());
    assertThat(first.close().clean()).isTrue();
    OffsetAndMetadata former = committed(topic, topic);
    createAgain(topic);
    send(topic, 7, 18);
    commit(topic, topic, new OffsetAndMetadata(7, Optional.of(9), former.metadata()));

    var second = ServiceProcess.start(table, settings(topic, protocol), topic);
    await().atMost(PATIENCE).until(() -> second.fatal() != null);
    assertThat(second.fatal()).isInstanceOf(ConfigurationException.class);
    second.close();
    var third = ServiceProcess.start(table, settings(topic, protocol), topic);
    awaitCommitted(topic, topic, 11);
    assertThat(third.close().clean()).isTrue();
    assertEachCountedOnce(18);
  }
}
