package dev.sluice.kafka.internal.partition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EventTimeTest {
  private static final long TIMESTAMP = 1_700_000_000_000L;
  private static final long SAID = 1_690_000_000_007L;

  private static ConsumerRecord<byte[], byte[]> record(byte[]... headers) {
    var all = new RecordHeaders();
    for (byte[] each : headers) {
      all.add("happened", each);
    }
    return new ConsumerRecord<>(
        "payments",
        0,
        0,
        TIMESTAMP,
        TimestampType.CREATE_TIME,
        0,
        0,
        null,
        null,
        all,
        Optional.empty());
  }

  private static byte[] bytes(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }

  static Stream<Arguments> headers() {
    return Stream.of(
        Arguments.of("text", "1690000000007".getBytes(UTF_8), SAID),
        Arguments.of("eight bytes", bytes(SAID), SAID),
        Arguments.of("null", null, TIMESTAMP),
        Arguments.of("empty", new byte[0], TIMESTAMP),
        Arguments.of("a date", "2023-07-22".getBytes(UTF_8), TIMESTAMP),
        Arguments.of("eight letters", "20230722".getBytes(UTF_8), TIMESTAMP),
        Arguments.of("nineteen digits", "1690000000007000000".getBytes(UTF_8), TIMESTAMP),
        Arguments.of("digits of another script", "١٦٩٠".getBytes(UTF_8), TIMESTAMP),
        Arguments.of("below zero", bytes(-SAID), TIMESTAMP),
        Arguments.of("a sign", "-169000000000".getBytes(UTF_8), TIMESTAMP),
        Arguments.of("zero", "0".getBytes(UTF_8), TIMESTAMP),
        Arguments.of("nanoseconds", bytes(SAID * 1_000_000), TIMESTAMP));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("headers")
  void aHeaderThatHoldsNoTimeIsIgnored(String name, byte[] header, long expected) {
    assertThat(new EventTime("happened").of(record(header))).isEqualTo(expected);
  }

  @Test
  void theLastOfSeveralHeadersCounts() {
    byte[] first = "1600000000000".getBytes(UTF_8);
    assertThat(new EventTime("happened").of(record(first, bytes(SAID)))).isEqualTo(SAID);
  }

  @Test
  void withoutAHeaderTheTimestampCounts() {
    assertThat(new EventTime(null).of(record(bytes(SAID)))).isEqualTo(TIMESTAMP);
    assertThat(new EventTime("happened").of(record())).isEqualTo(TIMESTAMP);
    assertThat(new EventTime("happened").of(new ConsumerRecord<>("payments", 0, 0, null, null)))
        .isEqualTo(EventTime.NONE);
  }
}
