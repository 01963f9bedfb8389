package dev.sluice.item;

import dev.sluice.model.InvalidWriteException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Adds up the sizes of an item, attribute by attribute, and checks each on the way. */
final class ItemMeasure {
  static final int ENVELOPE = 27; // {"PutRequest":{"Item":}}, and one to spare
  private static final int CONTAINER_OVERHEAD = 3;
  private static final int ELEMENT_OVERHEAD = 1;
  private static final int TYPE_WRAPPER = 9; // {"NULL":}, and a comma
  private static final int QUOTES = 3;
  private static final int ESCAPE = 5; // a control character is sent as six characters

  // Of the heap: an AttributeValue, a String or SdkBytes with its array, and what a list, a set or
  // a
  // map takes by itself and for each of its elements. The item itself is an immutable map.
  private static final int HEAP_VALUE = 56;
  private static final int HEAP_TEXT = 44;
  private static final int HEAP_BYTES = 36;
  private static final int HEAP_LIST = 64;
  private static final int HEAP_ELEMENT = 6;
  private static final int HEAP_MAP = 90;
  private static final int HEAP_MAP_TABLE = 60;
  private static final int HEAP_MAP_ENTRY = 46;
  private static final int HEAP_ITEM_ENTRY = 16;
  private static final int LATIN = 0x100;

  // Which characters of ASCII are escaped: one look-up where it took six comparisons.
  private static final byte[] ESCAPED = new byte[0x80];

  static {
    Arrays.fill(ESCAPED, 0, 0x20, (byte) 1);
    ESCAPED['"'] = 1;
    ESCAPED['\\'] = 1;
    ESCAPED[0x7f] = 1;
  }

  long stored;
  long wire;
  long heap;

  void item(Map<String, AttributeValue> item) {
    wire += 2;
    // The JDK's own maps give entries that cost nothing once this is compiled.
    for (Map.Entry<String, AttributeValue> attribute : item.entrySet()) {
      attribute(attribute.getKey(), attribute.getValue(), 0);
    }
  }

  private void map(Map<String, AttributeValue> map, int depth) {
    wire += 2;
    // Not by its entries, of which the SDK's maps make a new object each.
    map.forEach((name, value) -> attribute(name, value, depth));
  }

  private void attribute(String name, @Nullable AttributeValue value, int depth) {
    if (name.isEmpty()) {
      throw new InvalidWriteException("An attribute's name is empty.");
    }
    long before = heap;
    stored += text(name, name) + (depth > 0 ? ELEMENT_OVERHEAD : 0);
    heap = before + (heap - before) / 2 + (depth > 0 ? HEAP_MAP_ENTRY : HEAP_ITEM_ENTRY);
    value(name, value, depth);
  }

  /** Counts a string on the wire and returns its stored length. */
  private int text(String name, String text) {
    int utf8 = text.length();
    int escapes = 0;
    int bits = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        escapes += ESCAPED[c];
      } else {
        bits |= c;
        escapes += c == 0x2028 || c == 0x2029 ? 1 : 0;
        utf8 += ItemSize.extraUtf8(text, i, c);
        if (Character.isSurrogate(c)) {
          requirePaired(name, text, i, c);
          i++;
        }
      }
    }
    wire += utf8 + QUOTES + escapes * ESCAPE;
    heap += HEAP_TEXT + (bits < LATIN ? text.length() : 2L * text.length());
    return utf8;
  }

  private static void requirePaired(String name, String text, int at, char c) {
    if (!Character.isHighSurrogate(c) || !ItemSize.pairedAt(text, at)) {
      throw new InvalidWriteException(
          "The attribute '" + name + "' is not Unicode: it has half of a surrogate pair.");
    }
  }

  private void value(String name, @Nullable AttributeValue value, int depth) {
    if (value == null || value.type() == null) {
      throw missing(name);
    }
    wire += TYPE_WRAPPER;
    heap += HEAP_VALUE;
    switch (value.type()) {
      case S -> stored += text(name, value.s());
      case N -> number(value.n());
      case B -> bytes(value.b());
      case BOOL, NUL -> {
        requireTrue(name, value);
        stored += 1;
        wire += 5;
      }
      case M -> {
        nested(name, depth);
        heap += HEAP_MAP + (value.m().isEmpty() ? 0 : HEAP_MAP_TABLE);
        map(value.m(), depth + 1);
      }
      case L -> {
        nested(name, depth);
        wire += 2;
        List<AttributeValue> elements = value.l();
        heap += HEAP_LIST + (long) HEAP_ELEMENT * elements.size();
        for (int i = 0; i < elements.size(); i++) {
          stored += ELEMENT_OVERHEAD;
          value(name, elements.get(i), depth + 1);
        }
      }
      case SS -> {
        set(name, value.ss());
        for (String element : value.ss()) {
          stored += text(name, element);
        }
        requireDistinct(name, value.ss());
      }
      case NS -> {
        set(name, value.ns());
        for (String element : value.ns()) {
          number(element);
        }
        if (value.ns().size() > 1) {
          requireDistinct(name, value.ns().stream().map(ItemNumber::of).toList());
        }
      }
      case BS -> {
        set(name, value.bs());
        for (SdkBytes element : value.bs()) {
          bytes(element);
        }
        requireDistinct(name, value.bs());
      }
      default -> throw missing(name);
    }
  }

  private static InvalidWriteException missing(String name) {
    return new InvalidWriteException(
        "The attribute '"
            + name
            + "' has no value, one of two types at once, or one of a type unknown to the SDK.");
  }

  private void number(String number) {
    stored += NumberText.storedBytes(number);
    wire += number.length() + QUOTES;
    heap += HEAP_TEXT + number.length();
  }

  private void bytes(SdkBytes bytes) {
    int length = bytes.asByteArrayUnsafe().length;
    stored += length;
    wire += (length + 2) / 3 * 4L + QUOTES;
    heap += HEAP_BYTES + length;
  }

  private static void requireTrue(String name, AttributeValue value) {
    if (value.type() == AttributeValue.Type.NUL && !Boolean.TRUE.equals(value.nul())) {
      throw new InvalidWriteException(
          "The attribute '" + name + "' is a NULL of false; DynamoDB takes only NULL of true.");
    }
  }

  private void nested(String name, int depth) {
    stored += CONTAINER_OVERHEAD;
    if (depth + 1 > ItemLimits.MAX_NESTING) {
      throw new InvalidWriteException(
          "The attribute '"
              + name
              + "' has more than "
              + ItemLimits.MAX_NESTING
              + " lists or maps within each other, the most that DynamoDB takes.");
    }
  }

  private void set(String name, List<?> elements) {
    wire += 2;
    heap += HEAP_LIST + (long) HEAP_ELEMENT * elements.size();
    if (elements.isEmpty()) {
      throw new InvalidWriteException(
          "The attribute '" + name + "' is an empty set, which DynamoDB rejects; leave it out.");
    }
    for (Object element : elements) {
      if (element == null) {
        throw missing(name);
      }
    }
  }

  private static void requireDistinct(String name, List<?> elements) {
    if (elements.size() > 1 && new HashSet<>(elements).size() != elements.size()) {
      throw new InvalidWriteException(
          "The attribute '" + name + "' is a set that holds one element twice.");
    }
  }
}
