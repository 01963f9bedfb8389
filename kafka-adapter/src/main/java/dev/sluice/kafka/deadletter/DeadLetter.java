package dev.sluice.kafka.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * A record that could not be written, and why.
 *
 * @param record the record as it was read
 * @param source its source position
 * @param suffixes see {@link DeadLetterHeaders#SUFFIXES}
 * @param group the consumer group
 * @param cause why it could not be written
 * @param partial whether some of its effects were applied, or may have been
 * @param attempts how often it was tried
 * @param time when it was given up
 */
public record DeadLetter(
    ConsumerRecord<byte[], byte[]> record,
    String source,
    String suffixes,
    String group,
    Cause cause,
    boolean partial,
    int attempts,
    Instant time) {

  /**
   * Why a record could not be written.
   *
   * @param reason a code; see {@link DeadLetterHeaders#REASON}
   * @param detail see {@link DeadLetterHeaders#DETAIL}
   */
  public record Cause(String reason, String detail) {}

  /**
   * The dead letter as it is sent: the record's raw key, value and headers, and what is known about
   * it in {@linkplain DeadLetterHeaders headers}.
   *
   * <p>It names no partition, since the dead-letter topic may have fewer than the source, and no
   * timestamp, since the topic's retention would count from it.
   *
   * @param topic the dead-letter topic
   * @return the record to send
   */
  public ProducerRecord<byte[], byte[]> toProducerRecord(String topic) {
    var headers = new RecordHeaders();
    for (Header header : record.headers()) {
      if (!header.key().startsWith(DeadLetterHeaders.PREFIX)) {
        headers.add(header);
      }
    }
    add(headers, DeadLetterHeaders.SOURCE, source);
    add(headers, DeadLetterHeaders.SUFFIXES, suffixes);
    add(headers, DeadLetterHeaders.GROUP, group);
    add(headers, DeadLetterHeaders.REASON, cause.reason());
    add(headers, DeadLetterHeaders.DETAIL, cause.detail());
    add(headers, DeadLetterHeaders.PARTIAL, partial);
    add(headers, DeadLetterHeaders.ATTEMPTS, attempts);
    add(headers, DeadLetterHeaders.TIME, time);
    add(headers, DeadLetterHeaders.TOPIC, record.topic());
    add(headers, DeadLetterHeaders.PARTITION, record.partition());
    add(headers, DeadLetterHeaders.OFFSET, record.offset());
    add(headers, DeadLetterHeaders.TIMESTAMP, record.timestamp());
    return new ProducerRecord<>(topic, null, null, record.key(), record.value(), headers);
  }

  private static void add(RecordHeaders headers, String name, Object value) {
    headers.add(name, value.toString().getBytes(UTF_8));
  }

  /** {@return the source and the reason's code, nothing of the record's contents} */
  @Override
  public String toString() {
    return source + " " + cause.reason();
  }
}
