package dev.sluice.testkit.simulated.item;

import dev.sluice.testkit.simulated.error.ServiceErrors;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * One pass over attributes: checks them, brings numbers into their normal form, and adds up the
 * stored size by "Item sizes and formats" of the developer guide. What needs no change is kept as
 * the object it is.
 */
final class Measure {

  private static final int DEEPEST = 31;
  private static final int CONTAINER = 3;
  private static final int ELEMENT = 1;

  private long bytes;

  long bytes() {
    return bytes;
  }

  /** The map with its numbers in normal form; the same one if they are. */
  Map<String, AttributeValue> map(Map<String, AttributeValue> given) {
    var changed = map(given, 0);
    return changed == null ? given : changed;
  }

  /** What the map has to be replaced by, or null if it may stay. */
  private @Nullable Map<String, AttributeValue> map(Map<String, AttributeValue> given, int depth) {
    Map<String, AttributeValue> changed = null;
    for (var entry : given.entrySet()) {
      var name = entry.getKey();
      if (name.isEmpty()) {
        throw ServiceErrors.validation("an attribute has an empty name");
      }
      bytes += Texts.bytes(name) + (depth > 0 ? ELEMENT : 0);
      var normal = value(entry.getValue(), depth);
      if (normal != null) {
        changed = changed == null ? new LinkedHashMap<>(given) : changed;
        changed.put(name, normal);
      }
    }
    return changed;
  }

  /** What the value has to be replaced by, or null if it may stay. */
  private @Nullable AttributeValue value(@Nullable AttributeValue value, int depth) {
    if (value == null) {
      throw ServiceErrors.validation("a value is missing");
    }
    // With two types in one value the SDK has no type for it.
    if (value.type() == null) {
      throw ServiceErrors.validation("a value has more than one type");
    }
    switch (value.type()) {
      case S -> bytes += Texts.bytes(value.s());
      case B -> bytes += value.b().asByteArrayUnsafe().length;
      case BOOL -> bytes += 1;
      case NUL -> {
        if (!value.nul()) {
          throw ServiceErrors.validation("NULL can only be true");
        }
        bytes += 1;
      }
      case N -> {
        var text = Numbers.normal(value.n());
        bytes += Numbers.storedBytes(text);
        return text.equals(value.n()) ? null : AttributeValue.fromN(text);
      }
      case M -> {
        nest(depth);
        var map = map(value.m(), depth + 1);
        return map == null ? null : AttributeValue.fromM(map);
      }
      case L -> {
        nest(depth);
        return list(value.l(), depth + 1);
      }
      case SS -> {
        distinct(value.ss());
        value.ss().forEach(element -> bytes += Texts.bytes(element));
      }
      case BS -> {
        distinct(value.bs());
        value.bs().forEach(element -> bytes += element.asByteArrayUnsafe().length);
      }
      case NS -> {
        present(value.ns());
        var numbers = value.ns().stream().map(Numbers::normal).toList();
        distinct(numbers);
        numbers.forEach(element -> bytes += Numbers.storedBytes(element));
        return numbers.equals(value.ns()) ? null : AttributeValue.fromNs(numbers);
      }
      default -> throw ServiceErrors.validation("a value has no type");
    }
    return null;
  }

  private @Nullable AttributeValue list(List<AttributeValue> given, int depth) {
    List<AttributeValue> changed = null;
    bytes += (long) ELEMENT * given.size();
    for (int i = 0; i < given.size(); i++) {
      var normal = value(given.get(i), depth);
      if (normal != null) {
        changed = changed == null ? new ArrayList<>(given) : changed;
        changed.set(i, normal);
      }
    }
    return changed == null ? null : AttributeValue.fromL(changed);
  }

  private void nest(int depth) {
    if (depth + 1 > DEEPEST) {
      throw ServiceErrors.validation("nested deeper than " + DEEPEST);
    }
    bytes += CONTAINER;
  }

  private static void present(List<?> set) {
    if (set.stream().anyMatch(Objects::isNull)) {
      throw ServiceErrors.validation("an element of a set is missing");
    }
  }

  private static void distinct(List<?> set) {
    if (set.isEmpty()) {
      throw ServiceErrors.validation("a set is empty");
    }
    present(set);
    if (set.size() > 1 && new HashSet<>(set).size() != set.size()) {
      throw ServiceErrors.validation("a set holds an element twice");
    }
  }
}
