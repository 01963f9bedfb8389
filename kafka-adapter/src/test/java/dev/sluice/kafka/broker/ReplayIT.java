package dev.sluice.kafka.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kafka.DeadLetterReplay;
import dev.sluice.kafka.DeadLetterReplayBuilder;
import dev.sluice.kafka.FakeWriter;
import dev.sluice.kafka.internal.deadletter.DeadLetter;
import dev.sluice.kafka.internal.deadletter.DeadLetterCodec;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.kafka.record.ReplayReport;
import dev.sluice.kafka.record.ReplayStart;
import dev.sluice.model.ConfigurationException;
import dev.sluice.model.Write;
import dev.sluice.testkit.kafka.EmbeddedKafka;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a broker forgets of a replay of dead letters. */
@Timeout(120)
class ReplayIT {
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

  @BeforeEach
  void aLedger() {
    writer.claimRetention = Duration.ofDays(14);
    writer.replaying = pending -> CompletableFuture.completedFuture(FakeWriter.APPLIED);
  }

  private static void letter(String topic, int partition, String event, Duration age) {
    Instant failure = Instant.now().minus(age);
    ProducerRecord<byte[], byte[]> letter =
        DeadLetterCodec.encode(
            new DeadLetter(
                new ConsumerRecord<>("payments", 0, event.hashCode(), null, event.getBytes(UTF_8)),
                "payments/0/" + event.hashCode(),
                "",
                "billing",
                new DeadLetter.Cause("MAPPER_FAILED", ""),
                false,
                new DeadLetter.Attempts(1, failure, failure)),
            topic);
    kafka.send(
        new ProducerRecord<>(topic, partition, letter.key(), letter.value(), letter.headers()));
  }

  private DeadLetterReplayBuilder builder(String topic) {
    Map<String, Object> settings = new HashMap<>(kafka.clientSettings());
    settings.put("group.id", "billing");
    writer.writes.clear();
    return DeadLetterReplay.builder(settings, writer)
        .deadLetterTopic(topic)
        .recordsPerSecond(10_000)
        .mapper(record -> Mapped.write(Write.event(new String(record.value(), UTF_8))));
  }

  private ReplayReport run(String topic) {
    return builder(topic).build().run();
  }

  private List<String> replayed() {
    return writer.writes.stream().map(Write::eventId).toList();
  }

  private static void forget(String topic, Integer... partitions) throws Exception {
    Set<TopicPartition> ids = new HashSet<>();
    for (int partition : partitions) {
      ids.add(new TopicPartition(topic, partition));
    }
    kafka.admin().deleteConsumerGroupOffsets(topic + ".replay:billing", ids).all().get();
  }

  @Test
  void aPositionThatTheBrokerHasForgottenIsSaid() throws Exception {
    String topic = "forgotten";
    kafka.createTopic(topic, 2);
    letter(topic, 0, "a", Duration.ZERO);
    letter(topic, 1, "b", Duration.ZERO);
    assertThat(run(topic).replayed()).isEqualTo(2);
    assertThat(run(topic).replayed()).isZero();

    forget(topic, 1);

    assertThatThrownBy(() -> run(topic))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("partition 1");
    assertThat(replayed()).isEmpty();
    var told = builder(topic).from(ReplayStart.at(Instant.now().plusSeconds(3_600))).build();
    assertThat(told.run().replayed()).isZero();
    assertThat(run(topic).replayed()).isZero();
  }

  @Test
  void whereAllIsForgottenWhatTheLedgerForgotIsRefused() throws Exception {
    String topic = "all-forgotten";
    kafka.createTopic(topic, 2);
    letter(topic, 0, "old", Duration.ofDays(15));
    letter(topic, 1, "fresh", Duration.ZERO);
    ReplayReport first = run(topic);
    assertThat(first.replayed()).isEqualTo(1);
    assertThat(first.expired()).isEqualTo(1);
    forget(topic, 0, 1);
    writer.serviceTime = Instant.now().plus(Duration.ofDays(15));

    assertThat(run(topic).expired()).isEqualTo(2);

    assertThat(replayed()).isEmpty();
    assertThat(builder(topic).replayExpired().build().run().replayed()).isEqualTo(2);
  }
}
