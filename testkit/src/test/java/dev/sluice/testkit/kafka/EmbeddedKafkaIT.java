package dev.sluice.testkit.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.junit.EmbeddedServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(EmbeddedServers.class)
class EmbeddedKafkaIT {

  private final EmbeddedKafka kafka;

  EmbeddedKafkaIT(EmbeddedKafka kafka) {
    this.kafka = kafka;
  }

  @Test
  void whatIsSentCanBeReadInItsOrder() {
    kafka.createTopic("sent", 3);
    var header = new RecordHeader("trace", "7".getBytes(UTF_8));

    kafka.send("sent", 2, "k", "first");
    kafka.send("sent", 2, "k", "second");
    var sent = kafka.send("sent", 0, null, "third".getBytes(UTF_8), List.of(header));
    kafka.send("sent", 1, "k", (String) null);

    assertThat(sent.offset()).isZero();
    assertThat(texts("sent")).containsExactly("0:third", "1:null", "2:first", "2:second");
    assertThat(kafka.readAll("sent").get(0).headers().lastHeader("trace")).isEqualTo(header);
  }

  @Test
  void anEmptyTopicReadsAsNothing() {
    kafka.createTopic("empty", 2);
    assertThat(kafka.readAll("empty")).isEmpty();
  }

  @Test
  void aTopicHasTheSettingsAskedFor() throws Exception {
    kafka.createTopic("compacted", 1, Map.of("cleanup.policy", "compact"));
    var topic = new ConfigResource(ConfigResource.Type.TOPIC, "compacted");

    var config = kafka.admin().describeConfigs(List.of(topic)).all().get().get(topic);

    assertThat(config.get("cleanup.policy").value()).isEqualTo("compact");
  }

  @Test
  void aTopicThatExistsIsNotCreatedAgain() {
    kafka.createTopic("twice", 1);
    assertThatThrownBy(() -> kafka.createTopic("twice", 1))
        .isInstanceOf(IllegalStateException.class)
        .hasCauseInstanceOf(TopicExistsException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  void groupsOfBothProtocolsConsumeAndCommit(String protocol) {
    var topic = "consumed-" + protocol;
    kafka.createTopic(topic, 1);
    for (int i = 0; i < 7; i++) {
      kafka.send(topic, 0, "k", "v" + i);
    }
    assertThat(kafka.committed("group-" + protocol)).isEmpty();

    assertThat(consume(topic, "group-" + protocol, protocol, 7)).hasSize(7);

    assertThat(kafka.committed("group-" + protocol))
        .containsExactly(Map.entry(new TopicPartition(topic, 0), 7L));
  }

  @Test
  void abortedTransactionsAreNotRead() {
    kafka.createTopic("transactions", 1);
    var settings = kafka.clientSettings();
    settings.put("transactional.id", "transactions");
    try (var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      for (var value : List.of("aborted", "committed")) {
        producer.beginTransaction();
        var unused = producer.send(new ProducerRecord<>("transactions", 0, null, bytes(value)));
        producer.flush();
        if (value.equals("aborted")) {
          producer.abortTransaction();
        } else {
          producer.commitTransaction();
        }
      }
    }
    assertThat(texts("transactions")).containsExactly("0:committed");
  }

  @Test
  void dataAddressAndClientsSurviveABounce() {
    kafka.createTopic("bounced", 1);
    kafka.send("bounced", 0, "k", "before");
    assertThat(consume("bounced", "bouncing", "consumer", 1)).containsExactly("before");
    var address = kafka.bootstrapServers();

    kafka.bounce();

    assertThat(kafka.bootstrapServers()).isEqualTo(address);
    kafka.send("bounced", 0, "k", "after");
    assertThat(texts("bounced")).containsExactly("0:before", "0:after");
    assertThat(consume("bounced", "bouncing", "consumer", 1)).containsExactly("after");
    assertThat(kafka.committed("bouncing")).containsValue(2L);
  }

  @Test
  void aLinkIsSilencedCutAndRestoredWhileOthersGetThrough() throws Exception {
    kafka.createTopic("linked", 1);
    var settings = kafka.link().clientSettings();
    settings.put("request.timeout.ms", 503);
    settings.put("default.api.timeout.ms", 1009);
    try (var admin = Admin.create(settings)) {
      assertThat(admin.listTopics().names().get()).contains("linked");

      kafka.link().silence();
      assertThatThrownBy(() -> admin.listTopics().names().get())
          .hasCauseInstanceOf(TimeoutException.class);
      kafka.send("linked", 0, "k", "directly");
      kafka.link().restore();
      assertGetsThrough(admin);

      kafka.link().cut();
      assertThatThrownBy(() -> admin.listTopics().names().get())
          .hasCauseInstanceOf(TimeoutException.class);
      kafka.link().restore();
      assertGetsThrough(admin);
    } finally {
      kafka.link().restore();
    }
    assertThat(texts("linked")).containsExactly("0:directly");
  }

  /** On a busy machine, the client may take more than one timeout to connect again. */
  private static void assertGetsThrough(Admin admin) throws Exception {
    for (int attempts = 30; ; attempts--) {
      try {
        assertThat(admin.listTopics().names().get()).contains("linked");
        return;
      } catch (ExecutionException e) {
        if (attempts == 0 || !(e.getCause() instanceof TimeoutException)) {
          throw e;
        }
      }
    }
  }

  @Test
  void aClosedBrokerLeavesNothingBehind() {
    var other = EmbeddedKafka.start(Map.of("group.consumer.session.timeout.ms", "500"));
    var directory = other.directory();
    assertThat(directory).isDirectory();
    other.close();
    assertThat(directory).doesNotExist();
  }

  @Test
  void aSettingKafkaRefusesIsReported() {
    assertThatThrownBy(() -> EmbeddedKafka.start(Map.of("num.io.threads", "none")))
        .hasMessageContaining("num.io.threads");
  }

  private List<String> consume(String topic, String group, String protocol, int count) {
    var settings = kafka.clientSettings();
    settings.put("group.id", group);
    settings.put("group.protocol", protocol);
    settings.put("auto.offset.reset", "earliest");
    settings.put("enable.auto.commit", "false");
    var values = new ArrayList<String>();
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of(topic));
      long giveUp = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (values.size() < count && System.nanoTime() < giveUp) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
      }
      consumer.commitSync();
    }
    return values;
  }

  private List<String> texts(String topic) {
    return kafka.readAll(topic).stream()
        .map(record -> record.partition() + ":" + text(record))
        .toList();
  }

  private static String text(ConsumerRecord<byte[], byte[]> record) {
    return record.value() == null ? "null" : new String(record.value(), UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
