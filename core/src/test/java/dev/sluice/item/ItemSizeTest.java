package dev.sluice.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.ItemBytes;
import dev.sluice.model.InvalidWriteException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Items are measured by the rules, and what no item can hold is rejected. */
class ItemSizeTest {

  private static long stored(AttributeValue value) {
    return ItemSize.of(Map.of("a", value)).stored() - 1;
  }

  private static void assertRejected(String words, Map<String, AttributeValue> item) {
    assertThatThrownBy(() -> ItemSize.of(item))
        .isInstanceOf(InvalidWriteException.class)
        .hasMessageContaining(words)
        .hasMessageNotContaining("secret");
  }

  private static void assertRejected(String words, AttributeValue value) {
    assertRejected(words, Map.of("a", value));
  }

  @Test
  void eachTypeIsMeasuredByItsRule() {
    assertThat(stored(AttributeValue.fromS(""))).isZero();
    assertThat(stored(AttributeValue.fromS("köln😀"))).isEqualTo(9);
    assertThat(stored(AttributeValue.fromN("1234567"))).isEqualTo(5);
    assertThat(stored(AttributeValue.fromB(SdkBytes.fromByteArray(new byte[101])))).isEqualTo(101);
    assertThat(stored(AttributeValue.fromBool(false))).isEqualTo(1);
    assertThat(stored(AttributeValue.fromNul(true))).isEqualTo(1);
    assertThat(stored(AttributeValue.fromSs(List.of("ab", "c")))).isEqualTo(3);
    assertThat(stored(AttributeValue.fromNs(List.of("1", "-1")))).isEqualTo(5);
    assertThat(stored(AttributeValue.fromL(List.of()))).isEqualTo(3);
    assertThat(stored(AttributeValue.fromM(Map.of()))).isEqualTo(3);
    assertThat(stored(AttributeValue.fromL(List.of(AttributeValue.fromS("ab"))))).isEqualTo(6);
    assertThat(stored(AttributeValue.fromM(Map.of("k", AttributeValue.fromS("ab"))))).isEqualTo(7);
  }

  @Test
  void namesCountAsMuchAsValues() {
    assertThat(ItemSize.of(Map.of("größe", AttributeValue.fromS("x"))).stored()).isEqualTo(8);
  }

  @Test
  void textIsMeasuredAsItsUtf8IsLong() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 1009; i++) {
      StringBuilder text = new StringBuilder();
      for (int c = random.nextInt(31); c > 0; c--) {
        text.appendCodePoint(codePoint(random));
      }
      assertThat(ItemSize.utf8Length(text.toString()))
          .isEqualTo(text.toString().getBytes(StandardCharsets.UTF_8).length);
    }
  }

  private static int codePoint(SplittableRandom random) {
    int bound = new int[] {0x80, 0x800, 0xd800, 0x10ffff}[random.nextInt(4)];
    int point = random.nextInt(bound);
    return point >= 0xd800 && point < 0xe000 ? 'x' : point;
  }

  @Test
  void emptySetsAndRepeatedElementsAreRejected() {
    assertRejected("empty set", AttributeValue.fromSs(List.of()));
    assertRejected("empty set", AttributeValue.fromNs(List.of()));
    assertRejected("empty set", AttributeValue.fromBs(List.of()));
    assertRejected("twice", AttributeValue.fromSs(List.of("secret", "secret")));
    SdkBytes bytes = SdkBytes.fromUtf8String("secret");
    assertRejected("twice", AttributeValue.fromBs(List.of(bytes, bytes)));
    assertRejected("twice", AttributeValue.fromNs(List.of("1", "2", "1")));
  }

  @Test
  void aSetOfNumbersHoldsEachValueOnceHoweverItIsWritten() {
    assertRejected("twice", AttributeValue.fromNs(List.of("1", "1.0")));
    assertRejected("twice", AttributeValue.fromNs(List.of("100", "7", "1E2")));
    assertRejected("not a number", AttributeValue.fromNs(List.of("1", "secret")));
    assertThat(stored(AttributeValue.fromNs(List.of("1", "10", "0.1")))).isEqualTo(6);
  }

  @Test
  void whatIsMissingInsideAnItemIsRejectedAndIsNoOtherFailure() {
    assertRejected("no value", AttributeValue.builder().build());
    assertRejected("no value", AttributeValue.builder().l(Collections.singletonList(null)).build());
    assertRejected(
        "no value", AttributeValue.builder().m(Collections.singletonMap("k", null)).build());
    assertRejected("no value", AttributeValue.builder().ss(Arrays.asList("a", null)).build());
    assertRejected("no value", AttributeValue.builder().ns(Arrays.asList("1", null)).build());
    assertRejected(
        "no value", AttributeValue.builder().bs(Collections.singletonList(null)).build());
  }

  @Test
  void anAttributeHasAName() {
    assertRejected("name is empty", Map.of("", AttributeValue.fromS("secret")));
    assertRejected(
        "name is empty", AttributeValue.fromM(Map.of("", AttributeValue.fromS("secret"))));
  }

  @Test
  void textThatIsNoUnicodeIsRejected() {
    for (String broken : List.of("\ud800", "a\udc00b", "\udc00\ud800", "\ud83d", "x\ud800y")) {
      assertRejected("not Unicode", AttributeValue.fromS("secret" + broken));
      assertRejected("not Unicode", AttributeValue.fromSs(List.of("a", broken)));
      assertRejected("not Unicode", Map.of(broken, AttributeValue.fromS("a")));
    }
    assertThat(stored(AttributeValue.fromS("\ud83d\ude00"))).isEqualTo(4);
  }

  @Test
  void nestingIsBounded() {
    AttributeValue list = AttributeValue.fromS("x");
    AttributeValue map = AttributeValue.fromS("x");
    AttributeValue empty = AttributeValue.fromL(List.of());
    for (int depth = 1; depth <= 31; depth++) {
      list = AttributeValue.fromL(List.of(list));
      map = AttributeValue.fromM(Map.of("k", map));
      assertThat(stored(empty)).isPositive();
      empty = AttributeValue.fromL(List.of(empty));
      assertThat(stored(list)).isPositive();
      assertThat(stored(map)).isPositive();
    }
    assertRejected("31 lists or maps", AttributeValue.fromL(List.of(list)));
    assertRejected("31 lists or maps", AttributeValue.fromM(Map.of("k", map)));
    assertRejected("31 lists or maps", empty);
  }

  @Test
  void aNullOfFalseIsRejected() {
    assertRejected("NULL of false", AttributeValue.fromNul(false));
    assertRejected("NULL of false", AttributeValue.fromL(List.of(AttributeValue.fromNul(false))));
  }

  @Test
  void theWireSizeIsNeverLessThanTheJson() {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put("quo\"te", AttributeValue.fromS("\"\\\n\u0001 köln 😀"));
    item.put("n", AttributeValue.fromN("-1.5E-7"));
    item.put("b", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[101])));
    item.put("t", AttributeValue.fromBool(false));
    item.put("nul", AttributeValue.fromNul(true));
    item.put("ss", AttributeValue.fromSs(List.of("a", "b")));
    item.put("l", AttributeValue.fromL(List.of(AttributeValue.fromM(Map.of()))));
    String json =
        "{\"quo\\\"te\":{\"S\":\"\\\"\\\\\\n\\u0001 köln 😀\"},\"n\":{\"N\":\"-1.5E-7\"},\"b\":{\"B\":\""
            + "x".repeat(136)
            + "\"},\"t\":{\"BOOL\":false},\"nul\":{\"NULL\":true},\"ss\":{\"SS\":[\"a\",\"b\"]},"
            + "\"l\":{\"L\":[{\"M\":{}}]}}";

    assertThat(ItemSize.of(item).wire())
        .isBetween((long) json.getBytes(StandardCharsets.UTF_8).length, json.length() + 100L);
  }

  @Test
  void usersSeeTheSameSizes() {
    Map<String, AttributeValue> item =
        Map.of("id", AttributeValue.fromS("\u0416"), "n", AttributeValue.fromN("17"));
    ItemSize size = ItemSize.of(item);

    assertThat(ItemBytes.of(item))
        .isEqualTo(new ItemBytes(size.stored(), size.wire(), size.heap()));
    assertThat(ItemBytes.of(item).stored()).isEqualTo(2 + 2 + 1 + 2);
  }
}
