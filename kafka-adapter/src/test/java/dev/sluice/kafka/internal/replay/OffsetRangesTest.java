package dev.sluice.kafka.internal.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class OffsetRangesTest {
  @Test
  void aSetOfOffsetsIsWhatItsTextSays() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    for (int round = 0; round < 101; round++) {
      var ranges = new OffsetRanges();
      var expected = new TreeSet<Long>();
      for (int step = 0; step < 41; step++) {
        long offset = random.nextInt(23);
        if (random.nextInt(4) > 0) {
          ranges.add(offset);
          expected.add(offset);
        } else {
          long to = offset + random.nextInt(7);
          ranges.remove(offset, to);
          expected.subSet(offset, to).clear();
        }
        var read = OffsetRanges.parse(ranges.toString());
        for (long each = 0; each < 31; each++) {
          assertThat(read.contains(each))
              .as("seed %d, offset %d of %s", seed, each, ranges)
              .isEqualTo(expected.contains(each));
        }
        assertThat(read.isEmpty()).isEqualTo(expected.isEmpty());
        if (!expected.isEmpty()) {
          assertThat(ranges.first()).isEqualTo(expected.first());
        }
        assertThat(read).hasToString(ranges.toString());
      }
    }
  }

  @Test
  void neighboursShareARange() {
    var ranges = new OffsetRanges();
    for (long each : new long[] {7, 3, 5, 4, 9}) {
      ranges.add(each);
    }
    assertThat(ranges).hasToString("3-5,7,9");
  }

  @Test
  void whatIsNoSetOfOffsetsIsRefused() {
    assertThatThrownBy(() -> OffsetRanges.parse("3-,"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
