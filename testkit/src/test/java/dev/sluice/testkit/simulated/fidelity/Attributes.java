package dev.sluice.testkit.simulated.fidelity;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Random keys and values: few, so that they meet again, and at times wrong. */
final class Attributes {

  static final List<String> NAMES = List.of("p1", "p2", "p3");

  /** The key of an index, in tables that have one. */
  static final String INDEXED = "indexed";

  /** Numbers that are equal in several forms, and the ends of the range. */
  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-0",
          "1",
          "1.0",
          "01",
          "1e0",
          "-1",
          "2.50",
          "2.5",
          "10",
          "1E1",
          "9",
          "100",
          "1000000000000000000000",
          "9.9999999999999999999999999999999999999E+125",
          "1E-130",
          "12345678901234567890123456789012345678");

  private static final List<String> WRONG_NUMBERS =
      List.of("", "x", "1E126", "1E-131", "123456789012345678901234567890123456789", "--1");

  private static final List<String> TEXTS =
      List.of("", "a", "b", "ab", "é", "\uffee", "\ud83d\ude00");

  private final SplittableRandom random;
  private final double wrong;

  Attributes(SplittableRandom random, double wrong) {
    this.random = random;
    this.wrong = wrong;
  }

  <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  boolean chance(double chance) {
    return random.nextDouble() < chance;
  }

  Map<String, AttributeValue> key(Tables.Shape shape) {
    Map<String, AttributeValue> key = new LinkedHashMap<>();
    key.put("pk", keyPart(shape.partition()));
    if (shape.sort() != 0) {
      key.put("sk", keyPart(shape.sort()));
    }
    if (chance(wrong)) {
      spoil(key);
    }
    return key;
  }

  private void spoil(Map<String, AttributeValue> key) {
    switch (random.nextInt(4)) {
      case 0 -> key.remove("pk");
      case 1 -> key.put("pk", AttributeValue.fromBool(true));
      case 2 -> key.put("pk", AttributeValue.fromS(""));
      default -> key.put("pk", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[0])));
    }
  }

  AttributeValue keyPart(char type) {
    return switch (type) {
      case 'S' -> AttributeValue.fromS(pick(TEXTS.subList(1, TEXTS.size())));
      case 'N' -> AttributeValue.fromN(pick(NUMBERS));
      default -> AttributeValue.fromB(pick(List.of(bytes(1), bytes(1, 2), bytes(-1), bytes(127))));
    };
  }

  Map<String, AttributeValue> item(Tables.Shape shape) {
    var item = key(shape);
    for (var name : NAMES) {
      if (chance(0.6)) {
        item.put(name, value(2));
      }
    }
    if (shape.index() != 0 && chance(0.7)) {
      item.put(INDEXED, chance(wrong) ? value(1) : keyPart(shape.index()));
    }
    if (chance(0.02)) {
      item.put("large", AttributeValue.fromS("x".repeat(random.nextInt(5_000))));
    }
    if (chance(wrong / 20)) {
      item.put("large", AttributeValue.fromS("x".repeat(410_000)));
    }
    return item;
  }

  AttributeValue value(int depth) {
    if (chance(wrong / 4)) {
      return wrongValue();
    }
    return switch (random.nextInt(depth > 0 ? 10 : 5)) {
      case 0 -> AttributeValue.fromS(pick(TEXTS));
      case 1, 2 -> AttributeValue.fromN(pick(NUMBERS));
      case 3 -> AttributeValue.fromB(bytes(random.nextInt(3)));
      case 4 -> chance(0.5) ? AttributeValue.fromBool(chance(0.5)) : AttributeValue.fromNul(true);
      case 5 -> AttributeValue.fromSs(subset(List.of("a", "b", "c")));
      case 6 -> AttributeValue.fromNs(subset(List.of("1", "2.0", "3e1")));
      case 7 -> AttributeValue.fromBs(subset(List.of(bytes(1), bytes(2), bytes(3))));
      case 8 -> {
        List<AttributeValue> list = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
          list.add(value(depth - 1));
        }
        yield AttributeValue.fromL(list);
      }
      default -> {
        Map<String, AttributeValue> map = new LinkedHashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
          map.put(pick(NAMES), value(depth - 1));
        }
        yield AttributeValue.fromM(map);
      }
    };
  }

  private AttributeValue wrongValue() {
    return switch (random.nextInt(4)) {
      case 0 -> AttributeValue.fromN(pick(WRONG_NUMBERS));
      case 1 -> AttributeValue.fromSs(List.of());
      case 2 -> AttributeValue.fromNs(List.of("1", "1.0"));
      default -> AttributeValue.fromSs(List.of("a", "a"));
    };
  }

  private <T> List<T> subset(List<T> all) {
    List<T> some = new ArrayList<>(all);
    while (some.size() > 1 && chance(0.4)) {
      some.remove(random.nextInt(some.size()));
    }
    return some;
  }

  private static SdkBytes bytes(int... content) {
    var bytes = new byte[content.length];
    for (int i = 0; i < content.length; i++) {
      bytes[i] = (byte) content[i];
    }
    return SdkBytes.fromByteArray(bytes);
  }
}
