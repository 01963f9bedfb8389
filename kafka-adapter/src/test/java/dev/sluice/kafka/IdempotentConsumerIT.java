package dev.sluice.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.kafka.record.Mapped;
import dev.sluice.model.ConfigurationException;
import dev.sluice.model.Write;
import dev.sluice.testkit.kafka.EmbeddedKafka;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.OffsetSpec;
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

/** On a real broker: members come and go while events arrive; the writer is a fake that is slow. */
@Timeout(120)
class IdempotentConsumerIT {
  private static final int PARTITIONS = 3;
  private static final int EVENTS = 2_003;
  private static final int POISON_EVERY = 211;
  private static EmbeddedKafka kafka;
  private static ScheduledExecutorService delays;

  private final FakeWriter writer = new FakeWriter();
  private final Set<String> durable = ConcurrentHashMap.newKeySet();

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start();
    delays = Executors.newScheduledThreadPool(1);
  }

  @AfterAll
  static void stop() {
    delays.shutdownNow();
    kafka.close();
  }

  private static Map<String, Object> settings(String group, String protocol) {
    Map<String, Object> settings = new HashMap<>(kafka.clientSettings());
    settings.put("group.id", group);
    settings.put("max.poll.records", 53);
    switch (protocol) {
      case "eager" -> settings.put("partition.assignment.strategy", RangeAssignor.class.getName());
      case "cooperative" ->
          settings.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
      default -> settings.put("group.protocol", "consumer");
    }
    return settings;
  }

  private IdempotentConsumer consumer(String topic, Map<String, Object> settings) {
    var consumer =
        IdempotentConsumer.builder(settings, writer)
            .topics(topic)
            .mapper(
                record -> {
                  String id = new String(record.value(), UTF_8);
                  return id.startsWith("poison")
                      ? Mapped.reject("poison")
                      : Mapped.write(Write.event(id));
                })
            .deadLetterTopic(topic + ".dead")
            .build();
    consumer.start();
    return consumer;
  }

  /** Ends each write on another thread after up to 30 ms, out of order. */
  private void slowWriter(long seed) {
    var random = new Random(seed);
    writer.immediately =
        pending -> {
          var unused =
              delays.schedule(
                  () -> {
                    durable.add(pending.write().eventId());
                    writer.end(pending.source().value(), FakeWriter.APPLIED);
                  },
                  random.nextInt(31),
                  TimeUnit.MILLISECONDS);
          return null;
        };
  }

  /** What a reader of committed records finds in a topic. */
  private record Sent(Set<String> good, Set<String> poison) {}

  private Sent produce(String topic) {
    kafka.createTopic(topic, PARTITIONS);
    kafka.createTopic(topic + ".dead", 1);
    var sent = new Sent(new HashSet<>(), new HashSet<>());
    Map<String, Object> settings = new HashMap<>(kafka.clientSettings());
    settings.put("transactional.id", topic);
    try (var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      for (int n = 0; n < EVENTS; n++) {
        String id = n % POISON_EVERY == 7 ? "poison" + n : "event" + n;
        boolean aborted = n / 101 % 5 == 2;
        if (!aborted) {
          (id.startsWith("event") ? sent.good() : sent.poison()).add(id);
        }
        var unused =
            producer.send(new ProducerRecord<>(topic, n % PARTITIONS, null, id.getBytes(UTF_8)));
        if (n % 101 == 100) {
          if (aborted) {
            producer.abortTransaction();
          } else {
            producer.commitTransaction();
          }
          producer.beginTransaction();
        }
      }
      producer.commitTransaction();
    }
    return sent;
  }

  private Map<TopicPartition, Long> ends(String topic) throws Exception {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      latest.put(new TopicPartition(topic, partition), OffsetSpec.latest());
    }
    Map<TopicPartition, Long> ends = new HashMap<>();
    kafka
        .admin()
        .listOffsets(latest)
        .all()
        .get(10, TimeUnit.SECONDS)
        .forEach((id, info) -> ends.put(id, info.offset()));
    return ends;
  }

  private void awaitDurable(int count) {
    await().atMost(Duration.ofSeconds(60)).until(() -> durable.size() >= count);
  }

  @ParameterizedTest
  @ValueSource(strings = {"eager", "cooperative", "consumer"})
  void nothingIsLostWhileMembersComeAndGo(String protocol) throws Exception {
    slowWriter(17);
    String topic = "events-" + protocol;
    Sent sent = produce(topic);
    Map<String, Object> settings = settings("group-" + protocol, protocol);

    var first = consumer(topic, settings);
    awaitDurable(101);
    var second = consumer(topic, settings);
    awaitDurable(503);
    assertThat(first.close(Duration.ofSeconds(20)).clean()).isTrue();
    awaitDurable(907);
    var third = consumer(topic, settings);
    assertThat(second.close(Duration.ofSeconds(20)).clean()).isTrue();
    awaitDurable(sent.good().size());
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> assertThat(kafka.committed("group-" + protocol)).isEqualTo(ends(topic)));
    assertThat(third.close(Duration.ofSeconds(20)).clean()).isTrue();

    assertThat(durable).isEqualTo(sent.good());
    assertThat(kafka.readAll(topic + ".dead"))
        .extracting(letter -> new String(letter.value(), UTF_8))
        .containsOnlyOnceElementsOf(sent.poison())
        .hasSameSizeAs(sent.poison());
  }

  @Test
  void aBounceOfTheBrokerLosesNothing() throws Exception {
    slowWriter(19);
    Sent sent = produce("bounced");
    var consumer = consumer("bounced", settings("group-bounced", "cooperative"));
    awaitDurable(101);

    kafka.bounce();

    awaitDurable(sent.good().size());
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> assertThat(kafka.committed("group-bounced")).isEqualTo(ends("bounced")));
    assertThat(consumer.close(Duration.ofSeconds(20)).clean()).isTrue();
    assertThat(durable).isEqualTo(sent.good());
  }

  @Test
  void missingTopicsAreNamedAtTheStart() {
    for (String protocol : new String[] {"cooperative", "consumer"}) {
      assertThatThrownBy(() -> consumer("nowhere", settings("group-nowhere", protocol)))
          .isInstanceOf(ConfigurationException.class)
          .hasMessage("Topic nowhere does not exist: create it, or correct its name.");
    }
    kafka.createTopic("somewhere", 1);
    assertThatThrownBy(() -> consumer("somewhere", settings("group-nowhere", "cooperative")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "Dead-letter topic somewhere.dead does not exist: create it, or correct its name.");
  }
}
