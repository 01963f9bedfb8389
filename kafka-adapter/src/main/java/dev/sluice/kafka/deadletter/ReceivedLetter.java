package dev.sluice.kafka.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import dev.sluice.model.Write;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter as it was read: the record that it was made of, and what is known of it.
 *
 * @param letter the letter itself
 * @param record the record as its consumer had read it: its topic, partition, offset, timestamp,
 *     raw key and value, and its own headers
 * @param source its source position
 * @param suffixes of each write, those of its effects; empty where none are known
 * @param group the consumer group that gave it up
 * @param cause why
 * @param partial whether some of its effects were applied, or may have been
 * @param attempts how often it was tried
 * @param firstFailure when it first failed
 */
record ReceivedLetter(
    ConsumerRecord<byte[], byte[]> letter,
    ConsumerRecord<byte[], byte[]> record,
    SourcePosition source,
    List<List<Suffix>> suffixes,
    String group,
    DeadLetter.Cause cause,
    boolean partial,
    int attempts,
    Instant firstFailure) {

  /** Reads a dead letter; empty if the record is none, or none that this can read. */
  static Optional<ReceivedLetter> of(ConsumerRecord<byte[], byte[]> letter) {
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
              Integer.parseInt(text(letter, DeadLetterHeaders.ATTEMPTS)),
              Instant.parse(text(letter, DeadLetterHeaders.FIRST_FAILURE))));
    } catch (IllegalArgumentException | java.time.DateTimeException e) {
      return Optional.empty();
    }
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

  /** The position of one of its writes. */
  SourcePosition source(int index, int writes) {
    return writes == 1 ? source : source.withIndex(index);
  }

  /**
   * Where the effects of one of its writes went; none where the mapper makes other writes of the
   * record by now.
   */
  List<Suffix> suffixes(int index, List<Write> writes) {
    if (suffixes.size() != writes.size()) {
      return List.of();
    }
    List<Suffix> known = suffixes.get(index);
    return known.size() == writes.get(index).effects().size() ? known : List.of();
  }

  /** The dead letter to put in its place, after it has failed again. */
  DeadLetter again(DeadLetter.Cause why, boolean partialNow, String suffixesNow, Instant now) {
    return new DeadLetter(
        record,
        source.value(),
        suffixesNow,
        group,
        why,
        partial || partialNow,
        attempts + 1,
        firstFailure,
        now);
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

  /** {@return the source and the reason's code, nothing of the record's contents} */
  @Override
  public String toString() {
    return source + " " + cause.reason();
  }
}
