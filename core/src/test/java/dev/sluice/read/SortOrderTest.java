package dev.sluice.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.KeySchema;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** Sort keys are compared as DynamoDB sorts them. */
class SortOrderTest {
  private final SplittableRandom random = new SplittableRandom(41);

  private static int compare(SortOrder order, AttributeValue one, AttributeValue other) {
    return Integer.signum(order.compare(order.key(one), order.key(other)));
  }

  @Test
  void stringsAreComparedByTheirUtf8Bytes() {
    int[] alphabet = {
      'a', 'b', 'Z', 0x7f, 0x80, 0xe9, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x1f600,
      0x10ffff
    };
    for (int i = 0; i < 10_007; i++) {
      String one = text(alphabet);
      String other = text(alphabet);
      int expected =
          Arrays.compareUnsigned(
              one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
      assertThat(compare(SortOrder.TEXT, AttributeValue.fromS(one), AttributeValue.fromS(other)))
          .as("'%s' and '%s'", one, other)
          .isEqualTo(Integer.signum(expected));
    }
  }

  private String text(int[] alphabet) {
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(5); length > 0; length--) {
      text.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
    }
    return text.toString();
  }

  @Test
  void numbersAreComparedByValue() {
    List<String> ascending =
        List.of("-9.99E125", "-10", "-9.5", "-1E-130", "0", "1E-130", "0.5", "9", "10", "1E125");
    for (int i = 0; i < ascending.size(); i++) {
      for (int j = 0; j < ascending.size(); j++) {
        assertThat(
                compare(
                    SortOrder.NUMBER,
                    AttributeValue.fromN(ascending.get(i)),
                    AttributeValue.fromN(ascending.get(j))))
            .isEqualTo(Integer.signum(i - j));
      }
    }
    assertThat(compare(SortOrder.NUMBER, AttributeValue.fromN("1"), AttributeValue.fromN("1.0")))
        .isZero();
  }

  @Test
  void binaryIsComparedByUnsignedBytes() {
    List<byte[]> ascending =
        List.of(
            new byte[] {0},
            new byte[] {0, 0},
            new byte[] {127},
            new byte[] {-128},
            new byte[] {-128, 1},
            new byte[] {-1});
    for (int i = 0; i < ascending.size(); i++) {
      for (int j = 0; j < ascending.size(); j++) {
        assertThat(
                compare(
                    SortOrder.BINARY,
                    GatherRig.bytes(ascending.get(i)),
                    GatherRig.bytes(ascending.get(j))))
            .isEqualTo(Integer.signum(i - j));
      }
    }
  }

  @Test
  void theOrderIsThatOfTheTablesSortKey() {
    KeySchema keys = KeySchema.of("pk", ScalarAttributeType.N);
    assertThat(SortOrder.of(keys)).isEqualTo(SortOrder.NONE);
    assertThat(SortOrder.of(keys.sortedBy("sk", ScalarAttributeType.S))).isEqualTo(SortOrder.TEXT);
    assertThat(SortOrder.of(keys.sortedBy("sk", ScalarAttributeType.N)))
        .isEqualTo(SortOrder.NUMBER);
    assertThat(SortOrder.of(keys.sortedBy("sk", ScalarAttributeType.B)))
        .isEqualTo(SortOrder.BINARY);
  }
}
