package dev.sluice.testkit.simulated.fidelity;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.util.SdkAutoConstructList;
import software.amazon.awssdk.core.util.SdkAutoConstructMap;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

/** What came of a request, in a form that can be compared: no message, no order where none is. */
final class Outcomes {

  /** Fields in which the two may differ; {@link KnownDifferences} says why. */
  private static final Set<String> LEFT_OUT = Set.of("Message", "message", "ItemCollectionMetrics");

  private Outcomes() {}

  static Object of(Supplier<? extends SdkPojo> request) {
    try {
      return plain(request.get());
    } catch (CompletionException e) {
      if (e.getCause() instanceof DynamoDbException error) {
        return refusal(error);
      }
      throw e;
    } catch (DynamoDbException e) {
      return refusal(e);
    }
  }

  private static Object refusal(DynamoDbException error) {
    var plain = plain(error);
    plain.put("class", error.getClass().getSimpleName());
    plain.put("code", error.awsErrorDetails().errorCode());
    plain.put("status", error.statusCode());
    return plain;
  }

  static Map<String, Object> plain(SdkPojo pojo) {
    Map<String, Object> plain = new TreeMap<>();
    for (SdkField<?> field : pojo.sdkFields()) {
      Object value = field.getValueOrDefault(pojo);
      if (value == null
          || value instanceof SdkAutoConstructList
          || value instanceof SdkAutoConstructMap
          || LEFT_OUT.contains(field.memberName())) {
        continue;
      }
      Object normal = value(value, field.memberName());
      if (!isEmptyField(field.memberName(), normal)) {
        plain.put(field.memberName(), normal);
      }
    }
    return plain;
  }

  /** An empty list and a missing one are the same to the SDK, but not in an attribute. */
  private static boolean isEmptyField(String name, Object value) {
    boolean isAttribute = name.equals("L") || name.equals("M");
    return ((value instanceof List<?> list && list.isEmpty())
            || (value instanceof Map<?, ?> map && map.isEmpty())
            || (value instanceof Set<?> set && set.isEmpty()))
        && !isAttribute;
  }

  private static Object value(Object value, String name) {
    if (name.equals("N")) {
      return number((String) value);
    }
    if (value instanceof SdkPojo pojo) {
      return plain(pojo);
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> plain = new TreeMap<>();
      map.forEach((key, each) -> plain.put(key.toString(), value(each, "")));
      return plain;
    }
    if (value instanceof List<?> list) {
      List<Object> plain = new ArrayList<>();
      list.forEach(each -> plain.add(value(each, name.equals("NS") ? "N" : "")));
      return Set.of("SS", "NS", "BS").contains(name) ? new HashSet<>(plain) : plain;
    }
    return value;
  }

  /** {@link KnownDifferences} says why the form of a number is left out. */
  private static String number(String text) {
    return new BigDecimal(text).stripTrailingZeros().toPlainString();
  }

  /** The same without the order of the items. */
  static Object unordered(Object outcome) {
    if (outcome instanceof Map<?, ?> map) {
      Map<String, Object> plain = new TreeMap<>();
      map.forEach((key, each) -> plain.put(key.toString(), unordered(each)));
      return plain;
    }
    if (outcome instanceof List<?> list) {
      List<Object> plain = new ArrayList<>(list);
      plain.sort(Comparator.comparing(Object::toString));
      return plain;
    }
    return outcome;
  }
}
