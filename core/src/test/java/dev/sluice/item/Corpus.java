package dev.sluice.item;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Generated attribute values of every type, the odd ones more often than in life. */
final class Corpus {
  // As deep as DynamoDB Local takes it.
  private static final int DEEPEST = ItemLimits.MAX_NESTING;

  private final SplittableRandom random;

  Corpus(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** Up to six attributes, none of them named as those of the test are. */
  Map<String, AttributeValue> item() {
    Map<String, AttributeValue> item = new HashMap<>();
    for (int i = random.nextInt(7); i > 0; i--) {
      // Long names and deep values are rare, so that most items stay small and are told apart.
      item.put("a" + i + text(random.nextInt(13)), value(random.nextInt(4)));
    }
    if (random.nextInt(11) == 0) {
      item.put("deep", nested(1 + random.nextInt(DEEPEST)));
    }
    return item;
  }

  AttributeValue value(int depth) {
    return switch (random.nextInt(depth > 0 ? 10 : 8)) {
      case 0 -> AttributeValue.fromS(text(random.nextInt(29)));
      case 1 -> AttributeValue.fromN(number());
      case 2 -> AttributeValue.fromB(binary(random.nextInt(31)));
      case 3 -> AttributeValue.fromBool(random.nextBoolean());
      case 4 -> AttributeValue.fromNul(true);
      case 5 -> AttributeValue.fromSs(texts());
      case 6 -> AttributeValue.fromNs(numbers());
      case 7 -> AttributeValue.fromBs(binaries());
      case 8 ->
          AttributeValue.fromL(
              IntStream.range(0, random.nextInt(5)).mapToObj(i -> value(depth - 1)).toList());
      default -> {
        Map<String, AttributeValue> map = new HashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          map.put("m" + i + text(random.nextInt(5)), value(depth - 1));
        }
        yield AttributeValue.fromM(map);
      }
    };
  }

  /** Lists and maps within each other. */
  private AttributeValue nested(int levels) {
    AttributeValue value = value(0);
    for (int i = 0; i < levels; i++) {
      value =
          random.nextBoolean()
              ? AttributeValue.fromL(List.of(value))
              : AttributeValue.fromM(Map.of(text(1 + random.nextInt(3)), value));
    }
    return value;
  }

  /** Characters of one to four bytes, and those that are escaped on the wire. */
  String text(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(
          switch (random.nextInt(6)) {
            case 0 -> random.nextInt(0x80);
            case 1 -> random.nextInt(0x80, 0x800);
            case 2 -> random.nextInt(0x800, 0xd800);
            case 3 -> random.nextInt(0xe000, 0xfffe);
            case 4 -> random.nextInt(0x10000, 0x110000);
            default -> 'a' + random.nextInt(26);
          });
    }
    return text.toString();
  }

  SdkBytes binary(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return SdkBytes.fromByteArray(bytes);
  }

  private List<String> texts() {
    Map<String, String> distinct = new LinkedHashMap<>();
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      String text = text(random.nextInt(7));
      distinct.put(text, text);
    }
    return new ArrayList<>(distinct.values());
  }

  private List<SdkBytes> binaries() {
    Map<SdkBytes, SdkBytes> distinct = new LinkedHashMap<>();
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      SdkBytes bytes = binary(random.nextInt(7));
      distinct.put(bytes, bytes);
    }
    return new ArrayList<>(distinct.values());
  }

  private List<String> numbers() {
    Map<Object, String> distinct = new LinkedHashMap<>();
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      String number = number();
      distinct.put(ItemNumber.of(number), number);
    }
    return new ArrayList<>(distinct.values());
  }

  /** Any number that DynamoDB takes, in any form that it takes. */
  String number() {
    return switch (random.nextInt(5)) {
      case 0 -> Integer.toString(random.nextInt(-1_000, 1_000));
      case 1 -> Long.toString(random.nextLong());
      case 2 -> spelled(digits(1 + random.nextInt(4)), random.nextInt(-9, 10));
      case 3 -> spelled(digits(1 + random.nextInt(ItemLimits.MAX_NUMBER_DIGITS)), exponent());
      default -> spelled(random.nextInt(4) == 0 ? "0" : digits(2), random.nextInt(-40, 40));
    };
  }

  private int exponent() {
    // Of the first digit; at the ends of the range as often as within it.
    return switch (random.nextInt(3)) {
      case 0 -> ItemLimits.MIN_NUMBER_EXPONENT;
      case 1 -> ItemLimits.MAX_NUMBER_EXPONENT;
      default -> random.nextInt(ItemLimits.MIN_NUMBER_EXPONENT, ItemLimits.MAX_NUMBER_EXPONENT + 1);
    };
  }

  private String digits(int count) {
    StringBuilder digits = new StringBuilder();
    digits.append((char) ('1' + random.nextInt(9)));
    for (int i = 1; i < count; i++) {
      // Zeros in runs, since they decide which pairs of digits count.
      digits.append((char) (random.nextInt(3) == 0 ? '0' : '0' + random.nextInt(10)));
    }
    return digits.toString();
  }

  /** The number {@code d.ddd × 10^exponent}, in one of the many ways to write it. */
  String spelled(String digits, int exponent) {
    String sign = new String[] {"", "", "-", "+"}[random.nextInt(4)];
    String more = digits + "0".repeat(random.nextInt(4) == 0 ? random.nextInt(5) : 0);
    if (Math.abs(exponent) < 50 && random.nextBoolean()) {
      return sign + plain(more, exponent);
    }
    int point = random.nextInt(more.length() + 1);
    int written = exponent + 1 - point;
    String mantissa = more.substring(0, point) + '.' + more.substring(point);
    if (point == more.length() && random.nextBoolean()) {
      mantissa = more;
    }
    String zeros = "0".repeat(random.nextInt(5) == 0 ? random.nextInt(4) : 0);
    String e = random.nextBoolean() ? "E" : "e";
    return sign
        + zeros
        + mantissa
        + e
        + (written >= 0 && random.nextBoolean() ? "+" : "")
        + written;
  }

  private static String plain(String digits, int exponent) {
    if (exponent < 0) {
      return "0." + "0".repeat(-exponent - 1) + digits;
    }
    if (exponent + 1 >= digits.length()) {
      return digits + "0".repeat(exponent + 1 - digits.length());
    }
    return digits.substring(0, exponent + 1) + '.' + digits.substring(exponent + 1);
  }
}
