package dev.sluice.item;

import dev.sluice.model.InvalidWriteException;
import dev.sluice.spare.Spares;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The sizes of an item, found in one pass that encodes nothing, and checks on the way what the
 * service, or the SDK, would reject anywhere in an item (nesting, empty sets, numbers, text that is
 * not Unicode).
 *
 * <p>The stored size follows "Item sizes and formats" in DynamoDB's developer guide; limits on
 * items and write units go by it. The wire size is an upper bound of the item's JSON, which the
 * limit on requests goes by. The heap size is what the item holds of the JVM's heap, by the layout
 * of the SDK's and the JDK's objects (JOL 0.17 on JDK 17, compressed pointers), within half more or
 * a third less: an attribute is a value of 56 bytes, its text or bytes with some 40 of headers, a
 * place in a map, and half of its name, which most items share.
 *
 * @param stored bytes as stored
 * @param wire bytes as sent in a batch of puts, at most, with what the batch puts around it
 * @param heap bytes of the heap, by estimate
 */
public record ItemSize(long stored, long wire, long heap) {
  private static final Spares<ItemMeasure> MEASURES = new Spares<>(ItemMeasure::new);

  /**
   * Measures an item.
   *
   * @param item attribute names and values
   * @return its sizes
   * @throws InvalidWriteException if some value cannot be stored
   */
  public static ItemSize of(Map<String, AttributeValue> item) {
    ItemMeasure measure = MEASURES.take();
    measure.stored = 0;
    measure.wire = ItemMeasure.ENVELOPE;
    measure.heap = 0;
    measure.item(item);
    ItemSize size = new ItemSize(measure.stored, measure.wire, measure.heap);
    MEASURES.giveBack(measure);
    return size;
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

  static int extraUtf8(String text, int at, char c) {
    if (c < 0x800) {
      return 1;
    }
    if (!Character.isSurrogate(c)) {
      return 2;
    }
    return Character.isHighSurrogate(c) && pairedAt(text, at) ? 2 : 0;
  }

  static boolean pairedAt(String text, int at) {
    return at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1));
  }
}
