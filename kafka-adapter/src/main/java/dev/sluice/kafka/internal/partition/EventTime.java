package dev.sluice.kafka.internal.partition;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * When an event happened: what a header says, or the record's timestamp. A header's value is the
 * milliseconds since 1970, as decimal digits or as a {@code long} of eight bytes, most significant
 * first; whatever else it holds is ignored.
 */
public final class EventTime {
  /** Stands for a time that is not known. */
  static final long NONE = -1;

  private static final int LONGEST_TEXT = 18;

  /** The end of the year 9999: what is later, such as eight bytes of text, is no time. */
  private static final long LATEST = 253_402_300_799_999L;

  private final @Nullable String header;

  public EventTime(@Nullable String header) {
    this.header = header;
  }

  /** The milliseconds since 1970, or NONE. */
  long of(ConsumerRecord<?, ?> record) {
    long said = header == null ? NONE : said(record, header);
    return said > 0 && said <= LATEST ? said : record.timestamp();
  }

  private static long said(ConsumerRecord<?, ?> record, String name) {
    Header last = record.headers().lastHeader(name);
    byte[] value = last == null ? null : last.value();
    if (value == null) {
      return NONE;
    }
    return value.length == Long.BYTES ? ByteBuffer.wrap(value).getLong() : digits(value);
  }

  private static long digits(byte[] value) {
    if (value.length == 0 || value.length > LONGEST_TEXT) {
      return NONE;
    }
    for (byte each : value) {
      if (each < '0' || each > '9') {
        return NONE;
      }
    }
    return Long.parseLong(new String(value, ISO_8859_1));
  }
}
