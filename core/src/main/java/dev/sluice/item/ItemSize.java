package dev.sluice.item;

import dev.sluice.model.InvalidWriteException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The two sizes of an item, found in one pass that encodes nothing, and checks on the way what the
 * service, or the SDK, would refuse anywhere in an item (nesting, empty sets, numbers, text that is
 * not Unicode).
 *
 * <p>The stored size follows "Item sizes and formats" in DynamoDB's developer guide; limits on
 * items and write units go by it. The wire size is an upper bound of the item's JSON, which the
 * limit on requests goes by.
 *
 * @param stored bytes as stored
 * @param wire bytes as sent in a batch of puts, at most, with what the batch puts around it
 */
public record ItemSize(long stored, long wire) {
  // Of the thread, since it is thrown away as soon as it has measured.
  private static final ThreadLocal<Measure> MEASURE = ThreadLocal.withInitial(Measure::new);

  /**
   * Measures an item.
   *
   * @param item attribute names and values
   * @return its sizes
   * @throws InvalidWriteException if some value cannot be stored
   */
  public static ItemSize of(Map<String, AttributeValue> item) {
    Measure measure = MEASURE.get();
    measure.stored = 0;
    measure.wire = Measure.ENVELOPE;
    measure.map(item, 0);
    return new ItemSize(measure.stored, measure.wire);
  }

  /**
   * The length of a string in UTF-8.
   *
   * @param text any string; an unpaired surrogate counts as the one byte it is replaced by
   * @return bytes
   */
  public static int utf8Length(String text) {
    int bytes = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        bytes += extraUtf8(text, i, c);
        if (Character.isHighSurrogate(c) && pairedAt(text, i)) {
          i++;
        }
      }
    }
    return bytes;
  }

  /**
   * Whether a string can be sent at all.
   *
   * @param text any string
   * @return whether every surrogate in it is one of a pair
   */
  public static boolean isUnicode(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c) || !pairedAt(text, i)) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  private static int extraUtf8(String text, int at, char c) {
    if (c < 0x800) {
      return 1;
    }
    if (!Character.isSurrogate(c)) {
      return 2;
    }
    return Character.isHighSurrogate(c) && pairedAt(text, at) ? 2 : 0;
  }

  private static boolean pairedAt(String text, int at) {
    return at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1));
  }

  private static final class Measure {
    private static final int ENVELOPE = 27; // {"PutRequest":{"Item":}}, and one to spare
    private static final int CONTAINER_OVERHEAD = 3;
    private static final int ELEMENT_OVERHEAD = 1;
    private static final int TYPE_WRAPPER = 9; // {"NULL":}, and a comma
    private static final int QUOTES = 3;
    private static final int ESCAPE = 5; // a control character is sent as six characters

    private long stored;
    private long wire;

    private void map(Map<String, AttributeValue> map, int depth) {
      wire += 2;
      for (Map.Entry<String, AttributeValue> attribute : map.entrySet()) {
        String name = attribute.getKey();
        if (name.isEmpty()) {
          throw new InvalidWriteException("An attribute's name is empty.");
        }
        stored += text(name, name) + (depth > 0 ? ELEMENT_OVERHEAD : 0);
        value(name, attribute.getValue(), depth);
      }
    }

    /** Counts a string on the wire and returns its stored length. */
    private int text(String name, String text) {
      int utf8 = text.length();
      int escapes = 0;
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c < 0x20 || c == '"' || c == '\\' || c == 0x7f || c == 0x2028 || c == 0x2029) {
          escapes++;
        }
        if (c >= 0x80) {
          utf8 += extraUtf8(text, i, c);
          if (Character.isSurrogate(c)) {
            requirePaired(name, text, i, c);
            i++;
          }
        }
      }
      wire += utf8 + QUOTES + escapes * ESCAPE;
      return utf8;
    }

    private static void requirePaired(String name, String text, int at, char c) {
      if (!Character.isHighSurrogate(c) || !pairedAt(text, at)) {
        throw new InvalidWriteException(
            "The attribute '" + name + "' is not Unicode: it has half of a surrogate pair.");
      }
    }

    private void value(String name, @Nullable AttributeValue value, int depth) {
      if (value == null || value.type() == null) {
        throw missing(name);
      }
      wire += TYPE_WRAPPER;
      switch (value.type()) {
        case S -> stored += text(name, value.s());
        case N -> number(value.n());
        case B -> bytes(value.b());
        case BOOL, NUL -> {
          stored += 1;
          wire += 5;
        }
        case M -> {
          nested(name, depth);
          map(value.m(), depth + 1);
        }
        case L -> {
          nested(name, depth);
          wire += 2;
          for (AttributeValue element : value.l()) {
            stored += ELEMENT_OVERHEAD;
            value(name, element, depth + 1);
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
            requireDistinct(name, value.ns().stream().map(PrimaryKey::number).toList());
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
    }

    private void bytes(SdkBytes bytes) {
      int length = bytes.asByteArrayUnsafe().length;
      stored += length;
      wire += (length + 2) / 3 * 4L + QUOTES;
    }

    private void nested(String name, int depth) {
      stored += CONTAINER_OVERHEAD;
      if (depth + 1 > ItemLimits.MAX_NESTING) {
        throw new InvalidWriteException(
            "The attribute '"
                + name
                + "' is nested deeper than "
                + ItemLimits.MAX_NESTING
                + " levels, the most that DynamoDB takes.");
      }
    }

    private void set(String name, List<?> elements) {
      wire += 2;
      if (elements.isEmpty()) {
        throw new InvalidWriteException(
            "The attribute '" + name + "' is an empty set, which DynamoDB refuses; leave it out.");
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
}
