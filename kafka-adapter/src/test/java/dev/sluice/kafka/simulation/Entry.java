package dev.sluice.kafka.simulation;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** One offset of the log: a record, or a gap that a transaction has left. */
final class Entry {

  /** What the mapper makes of a record. */
  enum Mapping {
    WRITE,
    SKIP,
    REJECT,
    THROW,
    OVERFLOW,
    /** No record at all. */
    GAP
  }

  final int partition;
  final long offset;
  final Mapping mapping;
  final List<Event> events;
  final int content;
  final Draft draft;

  /** The leader epoch that it was written in. */
  final int epoch;

  /** The number of the topic, counted by how often it was created. */
  final int topic;

  /** When it can be read, in milliseconds from the start. */
  final long publishedAt;

  /** The record as it is read; null for a gap. */
  final ConsumerRecord<byte[], byte[]> record;

  /** Whether its dead letter is larger than the dead-letter topic takes at times. */
  final boolean large;

  final Duration mappingTime;

  /** Whether the mapper has seen it, in any process. */
  boolean mapped;

  /** Whether it is gone: compacted away, or below the start of the log. */
  boolean removed;

  Entry(
      int partition,
      long offset,
      Draft draft,
      int epoch,
      int topic,
      long publishedAt,
      ConsumerRecord<byte[], byte[]> record) {
    this.partition = partition;
    this.offset = offset;
    this.draft = draft;
    this.epoch = epoch;
    this.topic = topic;
    this.mapping = draft.mapping();
    this.events = draft.events();
    this.content = draft.content();
    this.large = draft.large();
    this.mappingTime = draft.mappingTime();
    this.publishedAt = publishedAt;
    this.record = record;
  }

  /** A record before it has its place. */
  record Draft(
      int partition,
      String key,
      String value,
      Mapping mapping,
      List<Event> events,
      int content,
      boolean large,
      Duration mappingTime,
      long at) {}

  /** The record as a client reads it: another object each time. */
  ConsumerRecord<byte[], byte[]> read() {
    var headers = new RecordHeaders();
    record.headers().forEach(each -> headers.add(each.key(), copy(each.value())));
    return new ConsumerRecord<>(
        record.topic(),
        record.partition(),
        record.offset(),
        record.timestamp(),
        record.timestampType(),
        record.serializedKeySize(),
        record.serializedValueSize(),
        copy(record.key()),
        copy(record.value()),
        headers,
        record.leaderEpoch(),
        record.deliveryCount());
  }

  static byte[] copy(byte[] bytes) {
    return bytes == null ? null : bytes.clone();
  }

  /** What user code may do to what it is given. */
  static void spoil(byte[] key, byte[] value, Headers headers) {
    for (byte[] each : new byte[][] {key, value}) {
      if (each != null) {
        Arrays.fill(each, (byte) 'x');
      }
    }
    for (Header each : headers.toArray()) {
      if (each.value() != null) {
        Arrays.fill(each.value(), (byte) 'x');
      }
      headers.remove(each.key());
    }
  }

  String source() {
    return SimulatedLog.TOPIC + '/' + partition + '/' + offset;
  }

  /** {@return its name, which no other has: a position may be that of several records} */
  String name() {
    return source() + '@' + topic + '.' + epoch;
  }

  boolean has(String event) {
    return events.stream().anyMatch(each -> each.id().equals(event));
  }

  /** {@return whether it belongs into the dead-letter topic, whatever happens} */
  boolean isBad() {
    return mapping == Mapping.REJECT
        || mapping == Mapping.THROW
        || mapping == Mapping.OVERFLOW
        || events.stream().anyMatch(event -> !event.isSound());
  }

  @Override
  public String toString() {
    return source() + ' ' + mapping + ' ' + events + ' ' + content;
  }
}
