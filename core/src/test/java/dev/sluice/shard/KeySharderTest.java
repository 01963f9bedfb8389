package dev.sluice.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.model.Suffix;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Keys spread evenly, are found again, and can be taken apart. */
class KeySharderTest {
  private static final RandomGenerator NOT_DRAWN =
      () -> {
        throw new AssertionError("a shard was drawn");
      };

  private final SplittableRandom random = new SplittableRandom(29);

  @Test
  void randomShardsSpreadEvenly() {
    assertEven(IntStream.range(0, 13 * 1009).map(i -> shard(KeySharder.random(13), "same")));
  }

  @Test
  void calculatedShardsSpreadEvenly() {
    KeySharder sharder = KeySharder.calculated(13);
    assertEven(IntStream.range(0, 13 * 1009).map(i -> shard(sharder, "event-" + i)));
  }

  private int shard(KeySharder sharder, String eventId) {
    return sharder.suffixFor(eventId, random).shard();
  }

  private static void assertEven(IntStream shards) {
    int[] counts = new int[13];
    shards.forEach(shard -> counts[shard]++);
    // Six standard deviations of a fair draw, about 31 each.
    for (int count : counts) {
      assertThat(count).isBetween(1009 - 186, 1009 + 186);
    }
  }

  @Test
  void calculatedShardsNeverChange() {
    // By python: zlib.crc32(id.encode()) % shards. Items were written under these.
    assertThat(calculated(7, "order-17-paid")).isEqualTo(0);
    assertThat(calculated(13, "a")).isEqualTo(10);
    assertThat(calculated(101, "köln-№5")).isEqualTo(35);
    assertThat(calculated(10_000, "😀")).isEqualTo(8756);
    assertThat(calculated(1, "anything")).isZero();
    assertThat(calculated(9_973, "")).isZero();
    assertThat(calculated(9_973, "ünïcödé-at-once")).isEqualTo(8548);
    assertThat(calculated(9_973, "half of a pair \ud83d")).isEqualTo(3934);
  }

  private static int calculated(int shards, String eventId) {
    return KeySharder.calculated(shards).suffixFor(eventId, NOT_DRAWN).shard();
  }

  @Test
  void noneLeavesKeysAlone() {
    AttributeValue number = AttributeValue.fromN("7");

    assertThat(KeySharder.none().suffixFor("e", NOT_DRAWN)).isEqualTo(Suffix.NONE);
    assertThat(KeySharder.none().physicalKeys(number)).containsExactly(number);
    assertThat(PhysicalKey.join(number, Suffix.NONE)).isSameAs(number);
    assertThat(KeySharder.none().isNone()).isTrue();
    assertThat(KeySharder.none().shards()).isEqualTo(1);
    assertThat(KeySharder.random(1).isNone()).isFalse();
  }

  @Test
  void everyDrawnKeyIsAmongThePhysicalKeys() {
    AttributeValue logical = AttributeValue.fromS("ci");
    for (KeySharder sharder : List.of(KeySharder.random(11), KeySharder.calculated(11))) {
      List<AttributeValue> all = sharder.physicalKeys(logical);
      assertThat(all).hasSize(11).doesNotHaveDuplicates();
      assertThat(all.get(3)).isEqualTo(AttributeValue.fromS("ci#0.3"));
      for (int i = 0; i < 101; i++) {
        assertThat(all).contains(PhysicalKey.join(logical, sharder.suffixFor("e" + i, random)));
      }
    }
  }

  @Test
  void aPhysicalKeyIsTakenApartAtItsLastSeparator() {
    for (String logical : List.of("ci", "a#b", "#", "##", "a#0.3", "a#", "#0.1", "ä№😀", " ")) {
      for (Suffix suffix : List.of(new Suffix(0, 0), new Suffix(0, 9_999), new Suffix(7, 13))) {
        AttributeValue text = AttributeValue.fromS(logical);
        AttributeValue bytes = AttributeValue.fromB(SdkBytes.fromUtf8String(logical));

        assertThat(PhysicalKey.parse(PhysicalKey.join(text, suffix)))
            .contains(new PhysicalKey(text, suffix));
        assertThat(PhysicalKey.parse(PhysicalKey.join(bytes, suffix)))
            .contains(new PhysicalKey(bytes, suffix));
      }
    }
  }

  @Test
  void whatNoSharderMadeIsNotTakenApart() {
    for (String key :
        List.of(
            "",
            "ci",
            "ci#",
            "ci#0",
            "ci#0.",
            "ci#.3",
            "ci#-",
            "ci#a.b",
            "ci#0.3 ",
            "#0.3",
            "ci#-1.3",
            "ci#0.-3",
            "ci#0.3.1",
            "ci#00.3",
            "ci#0.03",
            "ci#+0.3",
            "ci#0.+3",
            "ci#0.٣",
            "ci#0.99999999999")) {
      assertThat(PhysicalKey.parse(AttributeValue.fromS(key))).as(key).isEmpty();
      assertThat(PhysicalKey.parse(AttributeValue.fromB(SdkBytes.fromUtf8String(key))))
          .as(key)
          .isEmpty();
    }
    assertThat(PhysicalKey.parse(AttributeValue.fromN("1"))).isEmpty();
  }

  @Test
  void binaryKeysGetTheSameTextBehindThem() {
    byte[] logical = {0, (byte) 0xff, '#', 0x7f};
    AttributeValue physical =
        PhysicalKey.join(AttributeValue.fromB(SdkBytes.fromByteArray(logical)), new Suffix(0, 3));

    byte[] expected = "xxxx#0.3".getBytes(StandardCharsets.UTF_8);
    System.arraycopy(logical, 0, expected, 0, logical.length);
    assertThat(physical.b().asByteArray()).isEqualTo(expected);
    assertThat(PhysicalKey.parse(physical).orElseThrow().logicalKey().b().asByteArray())
        .isEqualTo(logical);
  }

  @Test
  void oneNumberIsOneLogicalKeyHoweverItIsWritten() {
    Suffix suffix = new Suffix(0, 3);
    for (String[] same :
        List.of(
            new String[] {"17", "17", "17.0", "1.7E1", "+17", "0017", "170e-1"},
            new String[] {"-0.5", "-0.5", "-.50", "-5E-1"},
            new String[] {"0", "0", "-0", "0.00", "0E7", "0E-7"},
            new String[] {"1700", "1700", "1.7E3", "17E+2"},
            new String[] {"1" + "0".repeat(125), "1E125", "10E124"},
            new String[] {"0." + "0".repeat(129) + "1", "1E-130"})) {
      for (int i = 1; i < same.length; i++) {
        AttributeValue number = AttributeValue.fromN(same[i]);
        assertThat(PhysicalKey.join(number, suffix))
            .isEqualTo(AttributeValue.fromS(same[0] + "#0.3"));
        assertThat(KeySharder.random(7).physicalKeys(number))
            .isEqualTo(KeySharder.random(7).physicalKeys(AttributeValue.fromS(same[0])));
        assertThat(PhysicalKey.logical(number)).isEqualTo(AttributeValue.fromS(same[0]));
      }
    }
  }

  @Test
  void whatIsNoNumberIsRejected() {
    for (String rejected :
        List.of(
            "",
            "one",
            "1E126",
            "1E-131",
            "1E99999999999",
            "12E2147483647",
            "\u0661",
            "0x10",
            "NaN",
            "1".repeat(39),
            "0".repeat(513))) {
      assertThatIllegalArgumentException()
          .as(rejected)
          .isThrownBy(() -> PhysicalKey.join(AttributeValue.fromN(rejected), new Suffix(0, 3)))
          .withMessageContaining("38");
    }
  }

  @Test
  void whatCannotBeShardedIsRejectedWithoutNamingIt() {
    Suffix suffix = new Suffix(0, 3);
    for (AttributeValue rejected :
        List.of(
            AttributeValue.fromSs(List.of("4711")),
            AttributeValue.fromS(""),
            AttributeValue.fromB(SdkBytes.fromByteArray(new byte[0])),
            AttributeValue.fromBool(true))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> PhysicalKey.join(rejected, suffix))
          .withMessageContaining(rejected.type().toString())
          .withMessageNotContaining("4711");
      for (KeySharder sharder : List.of(KeySharder.none(), KeySharder.random(3))) {
        assertThatIllegalArgumentException().isThrownBy(() -> sharder.physicalKeys(rejected));
      }
    }
  }

  @Test
  void theNumberOfShardsIsBounded() {
    for (int shards : new int[] {0, -1, KeySharder.MAX_SHARDS + 1}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> KeySharder.random(shards))
          .withMessageContaining("1 to 10000")
          .withMessageContaining("got " + shards);
      assertThatIllegalArgumentException().isThrownBy(() -> KeySharder.calculated(shards));
    }
    assertThat(KeySharder.random(KeySharder.MAX_SHARDS).shards()).isEqualTo(10_000);
  }
}
