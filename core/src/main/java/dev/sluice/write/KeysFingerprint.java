package dev.sluice.write;

import dev.sluice.item.ItemSize;
import dev.sluice.item.PrimaryKey;
import dev.sluice.model.Effect;
import dev.sluice.model.Fingerprint;
import dev.sluice.spare.Spares;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntFunction;
import software.amazon.awssdk.core.SdkBytes;

/**
 * The fingerprint of what a write's effects are and which items they name: tables, kinds and
 * logical keys, but neither contents nor suffixes. Types are tagged and lengths prefixed, so that
 * no two lists of keys look alike. The form is stored in ledgers, and so must not change.
 */
final class KeysFingerprint {
  private KeysFingerprint() {}

  private static final int USUAL_LENGTH = 512;

  private static final Spares<ByteBuffer> SCRATCH =
      new Spares<>(() -> ByteBuffer.allocate(USUAL_LENGTH));

  static Fingerprint of(List<Effect> effects, IntFunction<PrimaryKey> keys) {
    int length = 0;
    for (int i = 0; i < effects.size(); i++) {
      PrimaryKey key = keys.apply(i);
      length += 1 + bytes(effects.get(i).table()) + bytes(key.partition());
      length += key.sort() == null ? 0 : bytes(key.sort());
    }
    ByteBuffer out = length <= USUAL_LENGTH ? SCRATCH.take().clear() : ByteBuffer.allocate(length);
    for (int i = 0; i < effects.size(); i++) {
      out.put((byte) tag(effects.get(i)));
      write(out, effects.get(i).table(), 'T');
      PrimaryKey key = keys.apply(i);
      write(out, key.partition(), 'S');
      if (key.sort() != null) {
        write(out, key.sort(), 'S');
      }
    }
    Fingerprint made = Fingerprint.of(out.array(), length);
    if (length <= USUAL_LENGTH) {
      SCRATCH.giveBack(out);
    }
    return made;
  }

  private static char tag(Effect effect) {
    if (effect instanceof Effect.Create) {
      return 'c';
    }
    if (effect instanceof Effect.Put) {
      return 'p';
    }
    if (effect instanceof Effect.Delete) {
      return 'd';
    }
    if (effect instanceof Effect.PutIfNewer) {
      return 'n';
    }
    return effect instanceof Effect.DeleteIfNewer ? 't' : 'u';
  }

  private static int bytes(Object value) {
    int length =
        value instanceof SdkBytes binary
            ? binary.asByteArrayUnsafe().length
            : ItemSize.utf8Length(value.toString());
    return 1 + Integer.BYTES + length;
  }

  private static void write(ByteBuffer out, Object value, char typeOfText) {
    if (value instanceof SdkBytes binary) {
      byte[] bytes = binary.asByteArrayUnsafe();
      out.put((byte) 'B').putInt(bytes.length).put(bytes);
    } else {
      String text = value.toString();
      out.put((byte) (value instanceof BigDecimal ? 'N' : typeOfText));
      out.putInt(ItemSize.utf8Length(text));
      writeUtf8(out, text);
    }
  }

  private static void writeUtf8(ByteBuffer out, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        out.put(text.substring(i).getBytes(StandardCharsets.UTF_8));
        return;
      }
      out.put((byte) c);
    }
  }
}
