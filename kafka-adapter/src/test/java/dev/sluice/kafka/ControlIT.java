package dev.sluice.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.kafka.record.ConsumerHealth;
import dev.sluice.kafka.record.ConsumerHealth.State;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.kafka.record.PauseReason;
import dev.sluice.model.ConfigurationException;
import dev.sluice.model.Write;
import dev.sluice.testkit.kafka.EmbeddedKafka;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On a real broker: what an operator does and sees, under each group protocol. */
@Timeout(120)
class ControlIT {
  private static EmbeddedKafka kafka;

  private final FakeWriter writer = new FakeWriter();

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  private static Map<String, Object> settings(String group, String protocol) {
    Map<String, Object> settings = new HashMap<>(kafka.clientSettings());
    settings.put("group.id", group);
    settings.put("metadata.max.age.ms", 503);
    settings.put("sluice.lag.interval.ms", 101);
    switch (protocol) {
      case "eager" -> settings.put("partition.assignment.strategy", RangeAssignor.class.getName());
      case "cooperative" ->
          settings.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
      default -> settings.put("group.protocol", "consumer");
    }
    return settings;
  }

  private IdempotentConsumerBuilder builder(Map<String, Object> settings) {
    return IdempotentConsumer.builder(settings, writer)
        .mapper(record -> Mapped.write(Write.event(new String(record.value(), UTF_8))));
  }

  private static void send(String topic, int partition, int count) {
    IntStream.range(0, count)
        .forEach(n -> kafka.send(topic, partition, null, topic + partition + "-" + n));
  }

  /** Waits for what health says of the topic's first partition, once it is owned. */
  private static void awaitHealth(
      IdempotentConsumer consumer, String topic, Predicate<ConsumerHealth.Partition> expected) {
    await()
        .until(
            () -> {
              var partition = consumer.health().partitions().get(new TopicPartition(topic, 0));
              return partition != null && expected.test(partition);
            });
  }

  private void awaitAccepted(int count) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> List.copyOf(writer.accepted).size() == count);
  }

  @ParameterizedTest
  @ValueSource(strings = {"eager", "cooperative", "consumer"})
  void aTopicCreatedLaterIsFoundByThePattern(String protocol) {
    String prefix = "found-" + protocol;
    kafka.createTopic(prefix + ".a", 1);
    kafka.createTopic("dead." + prefix, 1);
    writer.immediately = pending -> FakeWriter.APPLIED;
    try (var consumer =
        builder(settings(prefix, protocol))
            .topics(Pattern.compile(prefix + "\\..*"))
            .deadLetterTopic("dead." + prefix)
            .build()) {
      consumer.start();
      send(prefix + ".a", 0, 7);
      awaitAccepted(7);

      kafka.createTopic(prefix + ".b", 2);
      send(prefix + ".b", 1, 5);

      awaitAccepted(12);
      await()
          .until(
              () ->
                  Long.valueOf(5)
                      .equals(kafka.committed(prefix).get(new TopicPartition(prefix + ".b", 1))));
      assertThat(consumer.health().isHealthy()).isTrue();
    }
  }

  @Test
  void theLagCountsWhatAnOpenTransactionHoldsBack() {
    String topic = "transaction";
    kafka.createTopic(topic, 1);
    writer.immediately = pending -> FakeWriter.APPLIED;
    Map<String, Object> settings = settings(topic, "eager");
    settings.put("isolation.level", "read_committed");
    Map<String, Object> transactional = kafka.clientSettings();
    transactional.put("transactional.id", topic);
    try (var consumer = builder(settings).topics(topic).build();
        var producer =
            new KafkaProducer<>(
                transactional, new ByteArraySerializer(), new ByteArraySerializer())) {
      consumer.start();
      send(topic, 0, 7);
      awaitAccepted(7);
      awaitHealth(consumer, topic, it -> Long.valueOf(0).equals(it.lag()));

      producer.initTransactions();
      producer.beginTransaction();
      for (int n = 0; n < 3; n++) {
        var unused = producer.send(new ProducerRecord<>(topic, ("in-" + n).getBytes(UTF_8)));
      }
      producer.flush();

      awaitHealth(consumer, topic, it -> Long.valueOf(3).equals(it.lag()));
      assertThat(writer.accepted).hasSize(7);
      producer.commitTransaction();
      awaitAccepted(10);
      awaitHealth(consumer, topic, it -> Long.valueOf(0).equals(it.lag()));
    }
  }

  @Test
  void theLagGrowsInHealthWhileAnOperatorPauses() {
    String topic = "paused";
    kafka.createTopic(topic, 1);
    writer.immediately = pending -> FakeWriter.APPLIED;
    try (var consumer = builder(settings(topic, "eager")).topics(topic).build()) {
      consumer.start();
      send(topic, 0, 7);
      awaitAccepted(7);
      consumer.pause();
      awaitHealth(consumer, topic, it -> it.pausedFor().contains(PauseReason.OPERATOR));

      send(topic, 0, 11);

      awaitHealth(consumer, topic, it -> Long.valueOf(11).equals(it.lag()));
      assertThat(consumer.health().state()).isEqualTo(State.PAUSED);
      assertThat(consumer.health().isHealthy()).isTrue();
      assertThat(writer.accepted).hasSize(7);
      consumer.resume();
      awaitAccepted(18);
      awaitHealth(consumer, topic, it -> Long.valueOf(0).equals(it.lag()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cooperative", "consumer"})
  void instancesShareThePartitionsAsStaticMembersAndCloseClean(String protocol) {
    String topic = "instances-" + protocol;
    kafka.createTopic(topic, 3);
    writer.immediately = pending -> FakeWriter.APPLIED;
    Map<String, Object> settings = settings(topic, protocol);
    settings.put("group.instance.id", "host-7");
    settings.put("sluice.instances", 3);
    var consumer = builder(settings).topics(topic).build();
    consumer.start();
    for (int partition = 0; partition < 3; partition++) {
      send(topic, partition, 101);
    }
    awaitAccepted(303);
    await().until(() -> consumer.health().partitions().size() == 3);
    assertThat(consumer.health().isHealthy()).isTrue();

    assertThat(consumer.close(Duration.ofSeconds(20)).clean()).isTrue();

    assertThat(kafka.committed(topic).values()).containsExactly(101L, 101L, 101L);
  }

  @Test
  void aCompactedTopicShowsInHealthWhereDuplicatesAreDropped() {
    kafka.createTopic("compacted", 1, Map.of("cleanup.policy", "compact,delete"));
    kafka.createTopic("plain", 1);
    writer.toleratesCompaction = false;
    try (var consumer =
        builder(settings("compaction", "consumer")).topics("compacted", "plain").build()) {
      consumer.start();
      await().until(() -> !consumer.health().topics().compacted().isEmpty());
      assertThat(consumer.health().topics().compacted()).containsExactly("compacted");
      assertThat(consumer.health().isHealthy()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"compact", "compact,delete"})
  void aCompactedDeadLetterTopicIsRefusedAtTheStart(String policy) {
    String topic = "keyed-" + policy.length();
    kafka.createTopic(topic, 1);
    kafka.createTopic(topic + ".dead", 1, Map.of("cleanup.policy", policy));
    var consumer =
        builder(settings(topic, "consumer"))
            .topics(topic)
            .instances(2)
            .deadLetterTopic(topic + ".dead")
            .build();
    assertThatThrownBy(consumer::start)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(topic + ".dead")
        .hasMessageContaining("cleanup.policy=" + policy);
    assertThat(consumer.health().state()).isEqualTo(ConsumerHealth.State.FAILED);
  }
}
