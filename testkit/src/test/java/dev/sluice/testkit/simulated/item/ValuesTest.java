package dev.sluice.testkit.simulated.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

class ValuesTest {

  @Test
  void stringsAreOrderedAsTheirUtf8Bytes() {
    var texts = List.of("", "a", "ab", "b", "é", "\ud7ff", "\ue000", "\uffee", "\ud83d\ude00");
    for (var left : texts) {
      for (var right : texts) {
        int expected =
            Arrays.compareUnsigned(
                left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
        assertThat(Integer.signum(Texts.compare(left, right)))
            .as("%s and %s", left, right)
            .isEqualTo(Integer.signum(expected));
        assertThat(Texts.bytes(left)).isEqualTo(left.getBytes(StandardCharsets.UTF_8).length);
      }
    }
  }

  @Test
  void setsAreEqualInAnyOrderAndListsAreNot() {
    var ab = List.of("a", "b");
    var ba = List.of("b", "a");
    assertThat(Values.equal(AttributeValue.fromSs(ab), AttributeValue.fromSs(ba))).isTrue();
    assertThat(Values.equal(list(ab), list(ba))).isFalse();
    assertThat(Values.equal(list(ab), AttributeValue.fromSs(ab))).isFalse();
  }

  private static AttributeValue list(List<String> texts) {
    return AttributeValue.fromL(texts.stream().map(AttributeValue::fromS).toList());
  }

  @Test
  void sizesFollowTheDevelopersGuide() {
    assertThat(bytes(AttributeValue.fromS("é"))).isEqualTo(2);
    assertThat(bytes(AttributeValue.fromN("1"))).isEqualTo(2);
    assertThat(bytes(AttributeValue.fromN("-123.40"))).isEqualTo(5);
    assertThat(bytes(AttributeValue.fromN("2.5"))).isEqualTo(3);
    assertThat(bytes(AttributeValue.fromN("0.25"))).isEqualTo(2);
    assertThat(bytes(AttributeValue.fromN("0"))).isEqualTo(1);
    assertThat(bytes(AttributeValue.fromBool(true))).isEqualTo(1);
    assertThat(bytes(list(List.of("a", "bc")))).isEqualTo(3 + 1 + 1 + 1 + 2);
    assertThat(bytes(AttributeValue.fromM(Map.of("k", AttributeValue.fromS("v")))))
        .isEqualTo(3 + 1 + 1 + 1);
  }

  private static int bytes(AttributeValue value) {
    return StoredItem.of(Map.of("n", value)).bytes() - 1;
  }

  @Test
  void thirtyOneLevelsAreTheMost() {
    assertThat(StoredItem.of(Map.of("n", nested(31))).attributes()).hasSize(1);
    assertThatThrownBy(() -> StoredItem.of(Map.of("n", nested(32))))
        .isInstanceOf(DynamoDbException.class);
  }

  private static AttributeValue nested(int levels) {
    var value = AttributeValue.fromS("");
    for (int i = 0; i < levels; i++) {
      value = AttributeValue.fromL(List.of(value));
    }
    return value;
  }
}
