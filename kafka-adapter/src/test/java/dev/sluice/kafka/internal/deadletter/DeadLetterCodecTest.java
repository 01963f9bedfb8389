package dev.sluice.kafka.internal.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kafka.internal.settings.DeadLetterProperties;
import dev.sluice.kafka.record.DeadLetterHeaders;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class DeadLetterCodecTest {
  private static ProducerRecord<byte[], byte[]> sent(ConsumerRecord<byte[], byte[]> record) {
    return DeadLetterCodec.encode(
        new DeadLetter(
            record,
            "payments/5/11",
            "0.3,-",
            "billing",
            new DeadLetter.Cause("INVALID_WRITE", "größer als erlaubt"),
            false,
            new DeadLetter.Attempts(
                3, Instant.parse("2026-01-01T00:00:00Z"), Instant.parse("2026-01-01T00:00:07Z"))),
        "dead");
  }

  private static String header(ProducerRecord<byte[], byte[]> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), UTF_8);
  }

  @Test
  void keepsKeyValueAndHeadersAsTheyWere() {
    var record =
        new ConsumerRecord<>("payments", 5, 11, new byte[] {-1, 0}, new byte[] {-128, 7, 0});
    record.headers().add("trace", new byte[] {3}).add("trace", new byte[] {5}).add("empty", null);

    var letter = sent(record);

    assertThat(letter.key()).containsExactly(-1, 0);
    assertThat(letter.value()).containsExactly(-128, 7, 0);
    assertThat(letter.headers().headers("trace")).hasSize(2);
    assertThat(letter.headers().lastHeader("empty").value()).isNull();
    assertThat(letter.topic()).isEqualTo("dead");
    assertThat(letter.partition()).as("the topic may have fewer").isNull();
    assertThat(letter.timestamp()).as("retention counts from now").isNull();
  }

  @Test
  void saysInHeadersWhereItCameFromAndWhy() {
    var letter = sent(new ConsumerRecord<>("payments", 5, 11, null, null));

    assertThat(header(letter, DeadLetterHeaders.SOURCE)).isEqualTo("payments/5/11");
    assertThat(header(letter, DeadLetterHeaders.SUFFIXES)).isEqualTo("0.3,-");
    assertThat(header(letter, DeadLetterHeaders.GROUP)).isEqualTo("billing");
    assertThat(header(letter, DeadLetterHeaders.REASON)).isEqualTo("INVALID_WRITE");
    assertThat(header(letter, DeadLetterHeaders.DETAIL)).isEqualTo("größer als erlaubt");
    assertThat(header(letter, DeadLetterHeaders.ATTEMPTS)).isEqualTo("3");
    assertThat(header(letter, DeadLetterHeaders.PARTIAL)).isEqualTo("false");
    assertThat(header(letter, DeadLetterHeaders.FIRST_FAILURE)).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(header(letter, DeadLetterHeaders.LAST_FAILURE)).isEqualTo("2026-01-01T00:00:07Z");
    assertThat(header(letter, DeadLetterHeaders.TOPIC)).isEqualTo("payments");
    assertThat(header(letter, DeadLetterHeaders.PARTITION)).isEqualTo("5");
    assertThat(header(letter, DeadLetterHeaders.OFFSET)).isEqualTo("11");
    assertThat(header(letter, DeadLetterHeaders.TIMESTAMP)).isEqualTo("-1");
    assertThat(header(letter, DeadLetterHeaders.TIMESTAMP_TYPE)).isEqualTo("NoTimestampType");
  }

  @Test
  void headersOfAnEarlierDeadLetterAreReplaced() {
    var record = new ConsumerRecord<byte[], byte[]>("payments", 5, 11, null, null);
    record.headers().add(DeadLetterHeaders.SOURCE, "forged".getBytes(UTF_8));

    assertThat(sent(record).headers().headers(DeadLetterHeaders.SOURCE)).hasSize(1);
  }

  @Test
  void neitherKeyNorValueShowsInItsText() {
    var record = new ConsumerRecord<>("payments", 5, 11, "secret-k".getBytes(UTF_8), new byte[0]);
    var letter =
        new DeadLetter(
            record,
            "s",
            "",
            "g",
            new DeadLetter.Cause("R", "d"),
            false,
            new DeadLetter.Attempts(1, Instant.EPOCH, Instant.EPOCH));
    assertThat(letter.toString()).isEqualTo("s R");
  }

  @Test
  void theProducerConnectsAsTheConsumerDoesUnlessToldOtherwise() {
    Map<String, Object> derived =
        DeadLetterProperties.derive(
            Map.of(
                "bootstrap.servers", "localhost:9092",
                "group.id", "billing",
                "client.id", "app",
                "max.poll.records", 7,
                "security.protocol", "PLAINTEXT",
                "ssl.protocol", "TLSv1.3"),
            Map.of("linger.ms", 11, "compression.type", "none"));

    assertThat(derived)
        .containsEntry("bootstrap.servers", "localhost:9092")
        .containsEntry("client.id", "app-dead-letters")
        .containsEntry("security.protocol", "PLAINTEXT")
        .containsEntry("ssl.protocol", "TLSv1.3")
        .containsEntry("acks", "all")
        .containsEntry("enable.idempotence", true)
        .containsEntry("max.request.size", 32 << 20)
        .containsEntry("linger.ms", 11)
        .containsEntry("compression.type", "none")
        .doesNotContainKeys("group.id", "max.poll.records");
    new KafkaProducer<byte[], byte[]>(derived).close();
  }
}
