package dev.sluice.kafka.internal.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.kafka.record.DeadLetterHeaders;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Writes dead letters as Kafka records and reads them again: the raw record, and {@linkplain
 * DeadLetterHeaders headers} that say why it failed.
 */
public final class DeadLetterCodec {
  private DeadLetterCodec() {}

  /**
   * Makes the Kafka record of a dead letter: the raw key, value and headers, and what is known of
   * the failure in headers.
   *
   * <p>It names no partition, since the dead-letter topic may have fewer than the source, and no
   * timestamp, since the topic's retention would count from it: the record's own is in a header.
   *
   * @param letter the dead letter
   * @param topic the dead-letter topic
   * @return the record to send
   */
  public static ProducerRecord<byte[], byte[]> encode(DeadLetter letter, String topic) {
    ConsumerRecord<byte[], byte[]> record = letter.record();
    var headers = new RecordHeaders();
    for (Header header : record.headers()) {
      if (!header.key().startsWith(DeadLetterHeaders.PREFIX)) {
        headers.add(header.key(), copy(header.value()));
      }
    }
    add(headers, DeadLetterHeaders.SOURCE, letter.source());
    add(headers, DeadLetterHeaders.SUFFIXES, letter.suffixes());
    add(headers, DeadLetterHeaders.GROUP, letter.group());
    add(headers, DeadLetterHeaders.REASON, letter.cause().reason());
    add(headers, DeadLetterHeaders.DETAIL, letter.cause().detail());
    add(headers, DeadLetterHeaders.PARTIAL, letter.partial());
    add(headers, DeadLetterHeaders.ATTEMPTS, letter.attempts().count());
    add(headers, DeadLetterHeaders.FIRST_FAILURE, letter.attempts().firstFailure());
    add(headers, DeadLetterHeaders.LAST_FAILURE, letter.attempts().lastFailure());
    add(headers, DeadLetterHeaders.TOPIC, record.topic());
    add(headers, DeadLetterHeaders.PARTITION, record.partition());
    add(headers, DeadLetterHeaders.OFFSET, record.offset());
    add(headers, DeadLetterHeaders.TIMESTAMP, record.timestamp());
    add(headers, DeadLetterHeaders.TIMESTAMP_TYPE, record.timestampType());
    return new ProducerRecord<>(
        topic, null, null, copy(record.key()), copy(record.value()), headers);
  }

  /** An interceptor of the producer's may change what it is given, and it may be sent again. */
  private static byte @Nullable [] copy(byte @Nullable [] bytes) {
    return bytes == null ? null : bytes.clone();
  }

  private static void add(RecordHeaders headers, String name, Object value) {
    headers.add(name, value.toString().getBytes(UTF_8));
  }

  /**
   * Reads a dead letter.
   *
   * @param letter as it was polled
   * @return what it holds; empty if the record is no dead letter, or none that this version reads
   */
  public static Optional<ReceivedLetter> decode(ConsumerRecord<byte[], byte[]> letter) {
    try {
      String topic = text(letter, DeadLetterHeaders.TOPIC);
      int partition = Integer.parseInt(text(letter, DeadLetterHeaders.PARTITION));
      long offset = Long.parseLong(text(letter, DeadLetterHeaders.OFFSET));
      return Optional.of(
          new ReceivedLetter(
              letter,
              record(letter, topic, partition, offset),
              source(letter, topic, partition, offset),
              suffixes(text(letter, DeadLetterHeaders.SUFFIXES)),
              text(letter, DeadLetterHeaders.GROUP),
              new DeadLetter.Cause(
                  text(letter, DeadLetterHeaders.REASON), text(letter, DeadLetterHeaders.DETAIL)),
              Boolean.parseBoolean(text(letter, DeadLetterHeaders.PARTIAL)),
              attempts(letter)));
    } catch (IllegalArgumentException | java.time.DateTimeException e) {
      return Optional.empty();
    }
  }

  /** When it last failed decides nothing: no letter is left out for a date that cannot be read. */
  private static DeadLetter.Attempts attempts(ConsumerRecord<byte[], byte[]> letter) {
    Instant first = Instant.parse(text(letter, DeadLetterHeaders.FIRST_FAILURE));
    return new DeadLetter.Attempts(
        Integer.parseInt(text(letter, DeadLetterHeaders.ATTEMPTS)), first, first);
  }

  /** The record's position; another text, which may own claims too, is taken as it is. */
  private static SourcePosition source(
      ConsumerRecord<byte[], byte[]> letter, String topic, int partition, long offset) {
    String named = text(letter, DeadLetterHeaders.SOURCE);
    SourcePosition position = SourcePosition.of(topic, partition, offset);
    return named.equals(position.value()) ? position : new SourcePosition(named);
  }

  private static ConsumerRecord<byte[], byte[]> record(
      ConsumerRecord<byte[], byte[]> letter, String topic, int partition, long offset) {
    var headers = new RecordHeaders();
    for (Header header : letter.headers()) {
      if (!header.key().startsWith(DeadLetterHeaders.PREFIX)) {
        headers.add(header);
      }
    }
    return new ConsumerRecord<>(
        topic,
        partition,
        offset,
        Long.parseLong(text(letter, DeadLetterHeaders.TIMESTAMP)),
        TimestampType.forName(text(letter, DeadLetterHeaders.TIMESTAMP_TYPE)),
        letter.serializedKeySize(),
        letter.serializedValueSize(),
        letter.key(),
        letter.value(),
        headers,
        Optional.empty());
  }

  private static List<List<Suffix>> suffixes(String text) {
    List<List<Suffix>> all = new ArrayList<>();
    for (String write : text.split(";", -1)) {
      all.add(
          write.isEmpty()
              ? List.of()
              : Arrays.stream(write.split(",", -1)).map(Suffix::parse).toList());
    }
    return all;
  }

  private static String text(ConsumerRecord<byte[], byte[]> letter, String name) {
    @Nullable Header header = letter.headers().lastHeader(name);
    if (header == null || header.value() == null) {
      throw new IllegalArgumentException(name);
    }
    return new String(header.value(), UTF_8);
  }
}
