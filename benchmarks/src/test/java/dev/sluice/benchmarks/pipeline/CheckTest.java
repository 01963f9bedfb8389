package dev.sluice.benchmarks.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CheckTest {
  private static final int RECORDS = 1_009;

  private static final EventLog LOG = EventLog.of(RECORDS, 0.1, 7);
  private static final long[] ALL = {RECORDS, RECORDS, RECORDS};

  @Test
  void tableWithEachEventOncePasses() {
    Check check = Check.of(LOG, ALL, keysOfEachEventOnce());

    assertThat(check.passed(true)).isTrue();
    assertThat(check.committed()).isEqualTo(RECORDS);
    assertThat(check.repeated()).isBetween(RECORDS / 20, RECORDS / 5);
  }

  @Test
  void committedEventWithoutAnItemIsLost() {
    List<String> keys = keysOfEachEventOnce();
    keys.remove(503);

    Check check = Check.of(LOG, ALL, keys);

    assertThat(check.lost()).isEqualTo(1);
    assertThat(check.passed(false)).isFalse();
  }

  @Test
  void eventWithoutAnItemIsNotLostBeforeItIsCommitted() {
    assertThat(Check.of(LOG, new long[] {1, 0, 0}, List.of(EventLog.eventId(0))).passed(true))
        .isTrue();
  }

  @Test
  void eventWithTwoItemsIsDoubled() {
    List<String> keys = keysOfEachEventOnce();
    keys.add(EventLog.eventId(LOG.event(RECORDS - 1)) + "@2-335");

    Check check = Check.of(LOG, ALL, keys);

    assertThat(check.doubled()).isEqualTo(1);
    assertThat(check.passed(true)).isFalse();
    assertThat(check.passed(false)).as("where it is not promised").isTrue();
  }

  @Test
  void runThatCommittedNothingDoesNotPass() {
    assertThat(Check.of(LOG, new long[3], List.of()).passed(true)).isFalse();
  }

  private static List<String> keysOfEachEventOnce() {
    return new ArrayList<>(
        IntStream.range(0, RECORDS)
            .map(LOG::event)
            .distinct()
            .mapToObj(event -> EventLog.eventId(event) + "@0-17")
            .toList());
  }
}
