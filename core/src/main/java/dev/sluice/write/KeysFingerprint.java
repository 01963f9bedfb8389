package dev.sluice.write;

import dev.sluice.item.PrimaryKey;
import dev.sluice.model.Effect;
import dev.sluice.model.Fingerprint;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import software.amazon.awssdk.core.SdkBytes;

/**
 * The fingerprint of what a write's effects are and which items they name: tables, kinds and
 * logical keys, but neither contents nor suffixes. Types are tagged and lengths prefixed, so that
 * no two lists of keys look alike. The form is stored in ledgers, and so must not change.
 */
final class KeysFingerprint {
  private KeysFingerprint() {}

  static Fingerprint of(List<Effect> effects, List<PrimaryKey> keys) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 * effects.size());
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (int i = 0; i < effects.size(); i++) {
        out.writeByte(tag(effects.get(i)));
        write(out, 'T', effects.get(i).table().getBytes(StandardCharsets.UTF_8));
        PrimaryKey key = keys.get(i);
        write(out, key.partition());
        if (key.sort() != null) {
          write(out, key.sort());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Fingerprint.of(bytes.toByteArray());
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
    return effect instanceof Effect.PutIfNewer ? 'n' : 't';
  }

  private static void write(DataOutputStream out, Object keyValue) throws IOException {
    if (keyValue instanceof SdkBytes binary) {
      write(out, 'B', binary.asByteArrayUnsafe());
    } else {
      char type = keyValue instanceof BigDecimal ? 'N' : 'S';
      write(out, type, keyValue.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void write(DataOutputStream out, char type, byte[] value) throws IOException {
    out.writeByte(type);
    out.writeInt(value.length);
    out.write(value);
  }
}
