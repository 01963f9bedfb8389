package dev.sluice.kafka.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConsumerOptionsTest {
  static Stream<Arguments> refused() {
    return Stream.of(
        refused("maxOpenRecords is 0", o -> o.maxOpenRecords(0)),
        refused("maxOpenBytes is -3", o -> o.maxOpenBytes(-3)),
        refused("maxOffsetSpan is 0", o -> o.maxOffsetSpan(0)),
        refused("commitInterval is PT0S", o -> o.commitInterval(Duration.ZERO)),
        refused("commitTimeout is PT48H", o -> o.commitTimeout(Duration.ofDays(2))),
        refused("drainTimeout is PT-1S", o -> o.drainTimeout(Duration.ofSeconds(-1))),
        refused("commitRecords is 0", o -> o.commitRecords(0)),
        refused("lagInterval is PT0S", o -> o.lagInterval(Duration.ZERO)),
        refused("maxRecordAge is PT48H", o -> o.maxRecordAge(Duration.ofDays(2))),
        refused("eventTimeHeader is blank", o -> o.eventTimeHeader(" ")),
        refused("pollTimeout is PT0S", o -> o.pollTimeout(Duration.ZERO)),
        refused(
            "retryBackoffMin is PT0S", o -> o.retryBackoff(Duration.ZERO, Duration.ofSeconds(1))),
        refused(
            "retryBackoffMax is PT1S; it must be at least retryBackoffMin, which is PT2S",
            o -> o.retryBackoff(Duration.ofSeconds(2), Duration.ofSeconds(1))),
        refused(
            "maxOffsetSpan is 7; it must be at least maxOpenRecords, which is 11",
            o -> o.maxOpenRecords(11).maxOffsetSpan(7)));
  }

  private static Arguments refused(String message, UnaryOperator<ConsumerOptionsBuilder> setting) {
    return Arguments.of(message, setting);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void aBadOptionIsNamedWithItsValue(
      String message, UnaryOperator<ConsumerOptionsBuilder> setting) {
    var builder = setting.apply(ConsumerOptions.builder());
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .hasMessageContaining("it must be");
  }

  @Test
  void whatIsOpenByDefaultIsTwiceWhatAWritersRequestsHold() {
    assertThat(ConsumerOptions.defaults().maxOpenRecords()).isEqualTo(2 * 40 * 25);
  }

  @Test
  void aReportIsCleanOnlyIfNothingIsLeft() {
    assertThat(new ConsumerCloseReport(true, true, Map.of()).clean()).isTrue();
    assertThat(new ConsumerCloseReport(false, true, Map.of()).clean()).isFalse();
    assertThat(new ConsumerCloseReport(true, false, Map.of()).clean()).isFalse();
    assertThat(new ConsumerCloseReport(true, true, Map.of(new TopicPartition("t", 0), 1)).clean())
        .isFalse();
  }
}
