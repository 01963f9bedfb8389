package dev.sluice.shard;

import dev.sluice.model.Suffix;
import dev.sluice.shard.KeySharder.Sharded;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The form of physical keys: logical key, separator, suffix. */
final class PhysicalKey {
  private static final char SEPARATOR = KeySharder.SEPARATOR;

  private PhysicalKey() {}

  /** The key as it is sharded: a number as the string of its value. */
  static AttributeValue logical(AttributeValue key) {
    return key.n() == null ? key : AttributeValue.fromS(NumberKey.text(key.n()));
  }

  static AttributeValue of(AttributeValue logicalKey, Suffix suffix) {
    requireKey(logicalKey);
    if (suffix.isNone()) {
      return logicalKey;
    }
    if (logicalKey.b() != null) {
      return AttributeValue.fromB(concat(logicalKey.b(), SEPARATOR + suffix.toString()));
    }
    String text = logicalKey.s() == null ? NumberKey.text(logicalKey.n()) : logicalKey.s();
    return AttributeValue.fromS(text + SEPARATOR + suffix.generation() + '.' + suffix.shard());
  }

  static void requireKey(AttributeValue key) {
    boolean usable =
        (key.s() != null && !key.s().isEmpty())
            || key.n() != null
            || (key.b() != null && key.b().asByteArrayUnsafe().length > 0);
    if (!usable) {
      throw new IllegalArgumentException(
          "A logical key is a string, a number or binary, and not empty; this one has the type "
              + key.type()
              + (key.s() == null && key.b() == null ? "." : " and is empty."));
    }
  }

  private static SdkBytes concat(SdkBytes logicalKey, String tail) {
    byte[] head = logicalKey.asByteArrayUnsafe();
    byte[] suffix = tail.getBytes(StandardCharsets.UTF_8);
    byte[] whole = Arrays.copyOf(head, head.length + suffix.length);
    System.arraycopy(suffix, 0, whole, head.length, suffix.length);
    return SdkBytes.fromByteArrayUnsafe(whole);
  }

  static Optional<Sharded> parse(AttributeValue physicalKey) {
    if (physicalKey.s() != null) {
      return parseText(physicalKey.s());
    }
    return physicalKey.b() == null ? Optional.empty() : parseBytes(physicalKey.b());
  }

  private static Optional<Sharded> parseText(String key) {
    int at = key.lastIndexOf(SEPARATOR);
    Suffix suffix = at < 1 ? null : suffix(key.substring(at + 1));
    return suffix == null
        ? Optional.empty()
        : Optional.of(new Sharded(AttributeValue.fromS(key.substring(0, at)), suffix));
  }

  private static Optional<Sharded> parseBytes(SdkBytes binary) {
    byte[] key = binary.asByteArrayUnsafe();
    int at = key.length - 1;
    while (at >= 1 && key[at] != SEPARATOR) {
      at--;
    }
    // A byte beyond ASCII becomes a character that no suffix has.
    Suffix suffix =
        at < 1
            ? null
            : suffix(new String(key, at + 1, key.length - at - 1, StandardCharsets.ISO_8859_1));
    return suffix == null
        ? Optional.empty()
        : Optional.of(
            new Sharded(
                AttributeValue.fromB(SdkBytes.fromByteArrayUnsafe(Arrays.copyOf(key, at))),
                suffix));
  }

  private static @Nullable Suffix suffix(String text) {
    try {
      Suffix suffix = Suffix.parse(text);
      return suffix.isNone() ? null : suffix;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
