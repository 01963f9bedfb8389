package dev.sluice.shard;

import static java.util.Objects.requireNonNull;

import dev.sluice.model.Suffix;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A physical partition key, taken apart, and the form of physical keys: logical key, separator,
 * suffix. {@link KeySharder} says more of it.
 *
 * @param logicalKey what the application calls it; a number as a string
 * @param suffix the shard it is on
 */
public record PhysicalKey(AttributeValue logicalKey, Suffix suffix) {
  private static final char SEPARATOR = KeySharder.SEPARATOR;

  /**
   * A logical key as a sharded table has it: a number as the string of its value, anything else as
   * it is.
   *
   * @param logicalKey the key
   * @return the same key as a string or binary
   * @throws IllegalArgumentException if it is a number that DynamoDB does not take
   */
  public static AttributeValue logical(AttributeValue logicalKey) {
    requireNonNull(logicalKey, "logicalKey");
    return logicalKey.n() == null
        ? logicalKey
        : AttributeValue.fromS(NumberKey.text(logicalKey.n()));
  }

  /**
   * The physical key of a logical key on one shard.
   *
   * @param logicalKey a string, number or binary key, not empty
   * @param suffix the shard, or {@link Suffix#NONE}
   * @return the physical key; for {@link Suffix#NONE} the logical key itself, a number as a number.
   *     A table that is sharded has strings there: give its number keys as {@link #logical}
   * @throws IllegalArgumentException if the key is empty or of another type
   */
  public static AttributeValue join(AttributeValue logicalKey, Suffix suffix) {
    requireKey(requireNonNull(logicalKey, "logicalKey"));
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

  /**
   * Splits a physical key at its last separator.
   *
   * @param physicalKey a string or binary key as {@link #join} made it for a shard
   * @return the logical key and the suffix, or empty if the key does not end in a suffix
   */
  public static Optional<PhysicalKey> parse(AttributeValue physicalKey) {
    requireNonNull(physicalKey, "physicalKey");
    if (physicalKey.s() != null) {
      return parseText(physicalKey.s());
    }
    return physicalKey.b() == null ? Optional.empty() : parseBytes(physicalKey.b());
  }

  private static Optional<PhysicalKey> parseText(String key) {
    int at = key.lastIndexOf(SEPARATOR);
    Suffix suffix = at < 1 ? null : suffix(key.substring(at + 1));
    return suffix == null
        ? Optional.empty()
        : Optional.of(new PhysicalKey(AttributeValue.fromS(key.substring(0, at)), suffix));
  }

  private static Optional<PhysicalKey> parseBytes(SdkBytes binary) {
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
            new PhysicalKey(
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

  /** {@return the suffix only: keys are not for logs} */
  @Override
  public String toString() {
    return "PhysicalKey[" + suffix + "]";
  }
}
