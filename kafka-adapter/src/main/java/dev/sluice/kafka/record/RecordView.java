package dev.sluice.kafka.record;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A record as user code sees it: the key, the value and the headers are copies, made when they are
 * first asked for. So whatever user code does to them, the record itself stays as it was read. Not
 * thread-safe.
 */
final class RecordView extends ConsumerRecord<byte[], byte[]> {
  private byte @Nullable [] key;
  private byte @Nullable [] value;
  private @Nullable Headers headers;

  RecordView(ConsumerRecord<byte[], byte[]> raw) {
    super(
        raw.topic(),
        raw.partition(),
        raw.offset(),
        raw.timestamp(),
        raw.timestampType(),
        raw.serializedKeySize(),
        raw.serializedValueSize(),
        raw.key(),
        raw.value(),
        raw.headers(),
        raw.leaderEpoch(),
        raw.deliveryCount());
  }

  static RecordView of(ConsumerRecord<byte[], byte[]> record) {
    return record instanceof RecordView view ? view : new RecordView(record);
  }

  @Override
  public byte[] key() {
    key = key == null ? copy(super.key()) : key;
    return key;
  }

  @Override
  public byte[] value() {
    value = value == null ? copy(super.value()) : value;
    return value;
  }

  @Override
  public Headers headers() {
    headers = headers == null ? copy(super.headers()) : headers;
    return headers;
  }

  /** A further copy of the key, as user code has left it. */
  byte[] anotherKey() {
    return copy(key == null ? super.key() : key);
  }

  /** A further copy of the value, as user code has left it. */
  byte[] anotherValue() {
    return copy(value == null ? super.value() : value);
  }

  /** Further copies of the headers, as user code has left them. */
  Headers moreHeaders() {
    return copy(headers == null ? super.headers() : headers);
  }

  /** Kafka's own type says nowhere that keys and values may be null. */
  @SuppressWarnings("NullAway")
  private static byte[] copy(byte @Nullable [] bytes) {
    return bytes == null ? null : bytes.clone();
  }

  private static Headers copy(Headers headers) {
    var copies = new RecordHeaders();
    for (Header each : headers) {
      copies.add(new RecordHeader(each.key(), copy(each.value())));
    }
    return copies;
  }
}
