package dev.sluice.item;

import java.math.BigDecimal;
import java.util.List;
import java.util.SplittableRandom;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** Key values of which many are alike, and some the same in another form. */
final class KeyCorpus {
  private static final List<String> PARTS =
      List.of("a", "b", "$", "#", "1", ".", "0", "\u0000", "é", "e\u0301", "😀", "A", " ");
  // Bytes that are no UTF-8, beside those of text.
  private static final byte[] BYTES = {'a', 'b', 0, (byte) 0xff, (byte) 0xfe, '1'};

  private final SplittableRandom random;

  KeyCorpus(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** A key like an earlier one: the same, or a number in another form. */
  AttributeValue again(AttributeValue earlier) {
    return earlier.n() == null
        ? earlier
        : AttributeValue.fromN(spelled(new BigDecimal(earlier.n())));
  }

  int nextInt(int bound) {
    return random.nextInt(bound);
  }

  AttributeValue key(ScalarAttributeType type) {
    return switch (type) {
      case S -> AttributeValue.fromS(text());
      case N -> AttributeValue.fromN(number());
      default -> AttributeValue.fromB(binary());
    };
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      text.append(PARTS.get(random.nextInt(PARTS.size())));
    }
    return text.toString();
  }

  SdkBytes binary() {
    byte[] bytes = new byte[1 + random.nextInt(2)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = BYTES[random.nextInt(BYTES.length)];
    }
    return SdkBytes.fromByteArray(bytes);
  }

  String number() {
    return spelled(value());
  }

  /** One of a few numbers, with their neighbours and the ends of the range. */
  BigDecimal value() {
    long digits = random.nextInt(-3, 4) * List.of(1L, 10L, 15L, 101L).get(random.nextInt(4));
    return switch (random.nextInt(9)) {
      case 0 -> new BigDecimal("9".repeat(37) + random.nextInt(1, 10));
      case 1 -> new BigDecimal("1E-130").multiply(BigDecimal.valueOf(random.nextInt(4)));
      case 2 -> new BigDecimal("1E+125").multiply(BigDecimal.valueOf(random.nextInt(-3, 4)));
      default -> BigDecimal.valueOf(digits, random.nextInt(-2, 3));
    };
  }

  /** A number in one of the ways to write it. */
  String spelled(BigDecimal value) {
    String text =
        switch (random.nextInt(4)) {
          case 0 -> value.toPlainString();
          case 1 -> value.stripTrailingZeros().toPlainString();
          case 2 -> value.unscaledValue() + "E" + -value.scale();
          default -> value.unscaledValue() + "0e" + (-value.scale() - 1);
        };
    if (value.signum() == 0 && random.nextBoolean()) {
      return '-' + text;
    }
    return value.signum() > 0 && random.nextInt(4) == 0 ? '+' + text : text;
  }
}
