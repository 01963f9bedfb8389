package dev.sluice.testkit.simulated.item;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** How values of normal form compare: by type first, numbers by value, sets without order. */
public final class Values {

  private Values() {}

  /** {@return whether both have the same type and the same content} */
  public static boolean equal(AttributeValue left, AttributeValue right) {
    if (left.type() != right.type()) {
      return false;
    }
    return switch (left.type()) {
      case S -> left.s().equals(right.s());
      case N -> left.n().equals(right.n());
      case B -> left.b().equals(right.b());
      case SS -> sameSet(left.ss(), right.ss());
      case NS -> sameSet(left.ns(), right.ns());
      case BS -> sameSet(left.bs(), right.bs());
      case L -> sameList(left.l(), right.l());
      case M -> sameMap(left.m(), right.m());
      default -> left.equals(right);
    };
  }

  /** {@return whether one can be less than the other: both strings, both numbers or both binary} */
  public static boolean comparable(AttributeValue left, AttributeValue right) {
    return left.type() == right.type() && isScalar(left);
  }

  /** {@return whether it is a string or binary value without content} */
  static boolean isEmpty(AttributeValue value) {
    return value.s() != null
        ? value.s().isEmpty()
        : value.b() != null && value.b().asByteArrayUnsafe().length == 0;
  }

  /** {@return whether the value has a place in an order} */
  public static boolean isScalar(AttributeValue value) {
    return switch (value.type()) {
      case S, N, B -> true;
      default -> false;
    };
  }

  /** {@return below, at or above zero, for values that are {@link #comparable}} */
  public static int compare(AttributeValue left, AttributeValue right) {
    return switch (left.type()) {
      case S -> Texts.compare(left.s(), right.s());
      case N -> Numbers.parse(left.n()).compareTo(Numbers.parse(right.n()));
      default -> compare(left.b(), right.b());
    };
  }

  /** {@return whether both are strings or both binary, and the first begins with the second} */
  public static boolean beginsWith(AttributeValue value, AttributeValue prefix) {
    if (!comparable(value, prefix)) {
      return false;
    }
    return switch (value.type()) {
      case S -> value.s().startsWith(prefix.s());
      case B -> {
        var all = value.b().asByteArrayUnsafe();
        var first = prefix.b().asByteArrayUnsafe();
        yield all.length >= first.length
            && Arrays.equals(all, 0, first.length, first, 0, first.length);
      }
      default -> false;
    };
  }

  static int compare(SdkBytes left, SdkBytes right) {
    return Arrays.compareUnsigned(left.asByteArrayUnsafe(), right.asByteArrayUnsafe());
  }

  private static boolean sameSet(List<?> left, List<?> right) {
    return left.size() == right.size() && new HashSet<>(left).containsAll(right);
  }

  private static boolean sameList(List<AttributeValue> left, List<AttributeValue> right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      if (!equal(left.get(i), right.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameMap(
      Map<String, AttributeValue> left, Map<String, AttributeValue> right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (var entry : left.entrySet()) {
      var other = right.get(entry.getKey());
      if (other == null || !equal(entry.getValue(), other)) {
        return false;
      }
    }
    return true;
  }
}
