package dev.sluice.kafka.internal.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PollTimersTest {
  private static final int COUNT = 307;

  private final PollTimers timers = new PollTimers();
  private final List<String> ran = new ArrayList<>();

  private static Instant at(long millis) {
    return Instant.ofEpochMilli(millis);
  }

  /** C9: a queue of retries is ordered by a time that changes. */
  @ParameterizedTest
  @ValueSource(longs = {2, 3, 5, 7, 11})
  void whatIsPlannedRunsAtItsTimeWhateverIsPlannedLater(long seed) {
    var random = new Random(seed);
    int[] due = IntStream.generate(() -> 1 + random.nextInt(101)).limit(COUNT).toArray();
    List<String> expected = new ArrayList<>();
    int planned = 0;
    for (int now = 0; now <= 211; now++) {
      for (int more = random.nextInt(5); more > 0 && planned < COUNT; more--, planned++) {
        String name = now + due[planned] + "";
        timers.at(at(now + due[planned]), () -> ran.add(name));
        expected.add(name);
      }
      timers.run(at(now));
      int reached = now;
      assertThat(ran)
          .as("seed %d, at %d", seed, now)
          .containsExactlyInAnyOrderElementsOf(
              expected.stream().filter(name -> Integer.parseInt(name) <= reached).toList())
          .isSortedAccordingTo((a, b) -> Integer.compare(Integer.parseInt(a), Integer.parseInt(b)));
    }
    assertThat(ran).as("seed %d", seed).hasSizeGreaterThan(101);
  }
}
