package dev.sluice.item;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class StoredValueTest {

  private static AttributeValue n(String number) {
    return AttributeValue.fromN(number);
  }

  private static AttributeValue s(String text) {
    return AttributeValue.fromS(text);
  }

  private static AttributeValue map(String name, AttributeValue value) {
    return AttributeValue.fromM(Map.of(name, value));
  }

  static List<Arguments> values() {
    return List.of(
        Arguments.of(n("1.0"), n("1"), true),
        Arguments.of(n("1e2"), n("100"), true),
        Arguments.of(n("0.00"), n("0"), true),
        Arguments.of(n("-0"), n("0"), true),
        Arguments.of(n("1"), n("2"), false),
        Arguments.of(n("1"), s("1"), false),
        Arguments.of(s("a"), s("a"), true),
        Arguments.of(s("a"), s("A"), false),
        Arguments.of(
            AttributeValue.fromNs(List.of("1.0", "2")),
            AttributeValue.fromNs(List.of("2", "1")),
            true),
        Arguments.of(
            AttributeValue.fromNs(List.of("1")), AttributeValue.fromNs(List.of("2", "1")), false),
        Arguments.of(
            AttributeValue.fromSs(List.of("a", "b")),
            AttributeValue.fromSs(List.of("b", "a")),
            true),
        Arguments.of(
            AttributeValue.fromBs(List.of(SdkBytes.fromUtf8String("a"))),
            AttributeValue.fromBs(List.of(SdkBytes.fromUtf8String("a"))),
            true),
        Arguments.of(
            AttributeValue.fromL(List.of(n("1.0"), s("a"))),
            AttributeValue.fromL(List.of(n("1"), s("a"))),
            true),
        Arguments.of(
            AttributeValue.fromL(List.of(n("1"), n("2"))),
            AttributeValue.fromL(List.of(n("2"), n("1"))),
            false),
        Arguments.of(
            AttributeValue.fromL(List.of(n("1"))),
            AttributeValue.fromL(List.of(n("1"), n("2"))),
            false),
        Arguments.of(map("a", n("1.0")), map("a", n("1")), true),
        Arguments.of(map("a", n("1")), map("b", n("1")), false),
        Arguments.of(
            map("a", n("1")), AttributeValue.fromM(Map.of("a", n("1"), "b", n("2"))), false),
        Arguments.of(AttributeValue.fromBool(true), AttributeValue.fromBool(true), true),
        Arguments.of(AttributeValue.fromBool(true), AttributeValue.fromBool(false), false),
        Arguments.of(AttributeValue.fromNul(true), AttributeValue.fromNul(true), true));
  }

  @ParameterizedTest
  @MethodSource("values")
  void comparesByValue(AttributeValue written, AttributeValue stored, boolean same) {
    assertThat(StoredValue.holds(Map.of("a", stored, "more", s("x")), Map.of("a", written)))
        .isEqualTo(same);
    assertThat(StoredValue.holds(Map.of("b", stored), Map.of("a", written))).isFalse();
  }
}
