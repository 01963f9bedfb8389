package dev.sluice.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.model.Suffix;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Whatever the number of shards was, what was written then is still read. */
class GenerationsTest {
  private static final AttributeValue LOGICAL = AttributeValue.fromS("ci");

  private final SplittableRandom random = new SplittableRandom(31);

  private static List<String> read(KeySharder sharder) {
    return sharder.physicalKeys(LOGICAL).stream().map(AttributeValue::s).toList();
  }

  private String written(KeySharder sharder, String eventId) {
    return PhysicalKey.join(LOGICAL, sharder.suffixFor(eventId, random)).s();
  }

  @Test
  void writesGoToTheLatestGenerationAndReadsToAll() {
    KeySharder sharder = KeySharder.random(3).generation(1).after(KeySharder.calculated(2));

    assertThat(read(sharder)).containsExactly("ci#1.0", "ci#1.1", "ci#1.2", "ci#0.0", "ci#0.1");
    for (int i = 0; i < 101; i++) {
      assertThat(written(sharder, "e" + i)).startsWith("ci#1.");
    }
    assertThat(sharder.shards()).isEqualTo(3);
    assertThat(sharder.generation()).isEqualTo(1);
  }

  @Test
  void whatEverySharderOfALineWroteIsRead() {
    KeySharder first = KeySharder.none();
    KeySharder second = KeySharder.random(7).after(first);
    KeySharder third = KeySharder.calculated(5).generation(1).after(second);
    KeySharder fourth = KeySharder.none().after(third);
    KeySharder fifth = KeySharder.random(11).generation(2).after(fourth);

    for (KeySharder earlier : List.of(first, second, third, fourth, fifth)) {
      for (int i = 0; i < 101; i++) {
        assertThat(read(fifth)).contains(written(earlier, "e" + i));
      }
    }
    assertThat(read(fifth)).doesNotHaveDuplicates().hasSize(11 + 1 + 5 + 7);
    assertThat(read(fourth)).doesNotHaveDuplicates().hasSize(1 + 5 + 7).startsWith("ci");
    assertThat(fifth.predecessors()).hasToString("[none, calculated(5).generation(1), random(7)]");
  }

  @Test
  void aRetiredGenerationIsDroppedWithoutRenumbering() {
    KeySharder before =
        KeySharder.calculated(13).generation(2).after(KeySharder.random(7).generation(1));
    KeySharder after = KeySharder.calculated(13).generation(2);

    for (int i = 0; i < 101; i++) {
      assertThat(written(after, "e" + i)).isEqualTo(written(before, "e" + i));
    }
    assertThat(read(after)).hasSize(13).allMatch(key -> key.startsWith("ci#2."));
  }

  @Test
  void twoShardersNeverShareAGeneration() {
    for (int generation : new int[] {0, 1, 2}) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  KeySharder.random(32)
                      .generation(generation)
                      .after(KeySharder.random(16).generation(2)))
          .withMessageContaining("random(32)")
          .withMessageContaining("random(16).generation(2)")
          .withMessageContaining("Give it 3");
    }
    KeySharder line = KeySharder.random(5).generation(2).after(KeySharder.random(3).generation(1));
    assertThatIllegalArgumentException().isThrownBy(() -> line.generation(1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> line.after(KeySharder.random(7).generation(1)));
    assertThat(read(line.after(KeySharder.random(7)))).hasSize(5 + 3 + 7);
    assertThat(read(line.generation(3))).hasSize(5 + 3);
    // An unsharded time between does not make room for a number that was used before it.
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> KeySharder.random(3).after(KeySharder.none().after(KeySharder.random(7))));
  }

  @Test
  void generationsAreBounded() {
    for (int generation : new int[] {-1, KeySharder.MAX_GENERATION + 1}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> KeySharder.random(3).generation(generation))
          .withMessageContaining("0 to 9999")
          .withMessageContaining("got " + generation);
    }
    assertThatIllegalArgumentException().isThrownBy(() -> KeySharder.none().generation(1));
  }

  @Test
  void onlyASharderThatNeverShardedIsNone() {
    KeySharder back = KeySharder.none().after(KeySharder.random(3));

    assertThat(KeySharder.none().after(KeySharder.none()).isNone()).isTrue();
    assertThat(back.isNone()).isFalse();
    assertThat(back.suffixFor("e", random)).isEqualTo(Suffix.NONE);
    assertThat(back.generation()).isEqualTo(-1);
    assertThat(read(back)).containsExactly("ci", "ci#0.0", "ci#0.1", "ci#0.2");
    assertThat(back.physicalKeys(AttributeValue.fromN("1.70E1")).get(0))
        .isEqualTo(AttributeValue.fromS("17"));
  }

  @Test
  void noSuffixIsLongerThanAnnounced() {
    for (KeySharder sharder :
        List.of(
            KeySharder.none(),
            KeySharder.none().after(KeySharder.random(3)),
            KeySharder.random(1),
            KeySharder.random(11),
            KeySharder.calculated(10_000).generation(9_999))) {
      int longest = 0;
      for (Suffix suffix : sharder.suffixes()) {
        if (suffix.generation() == sharder.generation()) {
          int added = PhysicalKey.join(LOGICAL, suffix).s().length() - LOGICAL.s().length();
          longest = Math.max(longest, added);
        }
      }
      assertThat(sharder.maxSuffixBytes()).isEqualTo(longest);
    }
  }

  @Test
  void aSharderSaysHowItWasMade() {
    assertThat(
            KeySharder.random(32)
                .generation(1)
                .after(KeySharder.calculated(16))
                .after(KeySharder.none()))
        .hasToString("random(32).generation(1).after(calculated(16)).after(none)");
  }
}
