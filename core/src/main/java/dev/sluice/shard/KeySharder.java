package dev.sluice.shard;

import static java.util.Objects.requireNonNull;

import dev.sluice.model.Suffix;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Spreads the items of one logical partition key over {@code n} physical ones, since a single
 * partition key never takes more than 1,000 write units a second.
 *
 * <p>A physical key is the logical key, {@value #SEPARATOR} and the {@link Suffix}: {@code ci} on
 * shard 3 of generation 0 is {@code ci#0.3}. Only the last separator counts, so logical keys may
 * contain it. String and binary keys can be sharded (a binary key gets the same text in UTF-8
 * behind it); number keys cannot, and empty logical keys do not exist in DynamoDB.
 *
 * <p>Reading a logical key means reading all of {@link #physicalKeys}. Immutable; safe for use by
 * several threads if the random generator given to {@link #suffixFor} is.
 */
public final class KeySharder {
  /** Stands between the logical key and the suffix. */
  public static final char SEPARATOR = '#';

  /** The most shards a sharder can have. */
  public static final int MAX_SHARDS = 10_000;

  private static final int FIRST_GENERATION = 0;
  private static final KeySharder NONE = new KeySharder(Policy.NONE, 1);

  private enum Policy {
    NONE,
    RANDOM,
    CALCULATED
  }

  private final Policy policy;
  private final int shards;

  private KeySharder(Policy policy, int shards) {
    if (shards < 1 || shards > MAX_SHARDS) {
      throw new IllegalArgumentException(
          "A sharder has 1 to " + MAX_SHARDS + " shards; got " + shards + '.');
    }
    this.policy = policy;
    this.shards = shards;
  }

  /** {@return whether one event may get another suffix each time it is asked for} */
  public boolean isRandom() {
    return policy == Policy.RANDOM;
  }

  /** {@return the sharder that leaves keys as they are} */
  public static KeySharder none() {
    return NONE;
  }

  /**
   * Draws the shard at random: the best spread. The ledger remembers what was drawn, so that a
   * replay goes to the same shard.
   *
   * @param shards 1 to {@value #MAX_SHARDS}
   * @return the sharder
   * @throws IllegalArgumentException if the number is out of range
   */
  public static KeySharder random(int shards) {
    return new KeySharder(Policy.RANDOM, shards);
  }

  /**
   * Calculates the shard from the event id, so that whoever knows the id finds the item with one
   * read. The shard is the CRC-32 (ISO 3309, as in zlib and gzip) of the id's UTF-8 bytes, taken as
   * an unsigned number, modulo the number of shards; this will not change.
   *
   * @param shards 1 to {@value #MAX_SHARDS}
   * @return the sharder
   * @throws IllegalArgumentException if the number is out of range
   */
  public static KeySharder calculated(int shards) {
    return new KeySharder(Policy.CALCULATED, shards);
  }

  /** {@return the number of shards; 1 where keys are left as they are} */
  public int shards() {
    return shards;
  }

  /** {@return whether this is {@link #none()}} */
  public boolean isNone() {
    return policy == Policy.NONE;
  }

  /**
   * The suffix for an event's effect.
   *
   * @param eventId the event's id
   * @param random where a random sharder draws from
   * @return the suffix; {@link Suffix#NONE} where keys are left as they are
   */
  public Suffix suffixFor(String eventId, RandomGenerator random) {
    return switch (policy) {
      case NONE -> Suffix.NONE;
      case RANDOM -> new Suffix(FIRST_GENERATION, random.nextInt(shards));
      case CALCULATED -> new Suffix(FIRST_GENERATION, calculatedShard(eventId));
    };
  }

  private int calculatedShard(String eventId) {
    CRC32 crc = new CRC32();
    crc.update(eventId.getBytes(StandardCharsets.UTF_8));
    return (int) (crc.getValue() % shards);
  }

  /**
   * All physical keys under which a logical key's items may be.
   *
   * @param logicalKey a string or binary key, not empty
   * @return the physical keys in the order of their shards
   * @throws IllegalArgumentException if the key is empty or neither a string nor binary
   */
  public List<AttributeValue> physicalKeys(AttributeValue logicalKey) {
    if (isNone()) {
      return List.of(logicalKey);
    }
    return IntStream.range(0, shards)
        .mapToObj(shard -> physicalKey(logicalKey, new Suffix(FIRST_GENERATION, shard)))
        .toList();
  }

  /**
   * The physical key of a logical key on one shard.
   *
   * @param logicalKey a string or binary key, not empty
   * @param suffix the shard, or {@link Suffix#NONE}
   * @return the physical key; the logical key itself for {@link Suffix#NONE}
   * @throws IllegalArgumentException if the key is empty or neither a string nor binary
   */
  public static AttributeValue physicalKey(AttributeValue logicalKey, Suffix suffix) {
    requireNonNull(logicalKey, "logicalKey");
    if (suffix.isNone()) {
      return logicalKey;
    }
    String tail = SEPARATOR + suffix.toString();
    if (logicalKey.s() != null && !logicalKey.s().isEmpty()) {
      return AttributeValue.fromS(logicalKey.s() + tail);
    }
    if (logicalKey.b() != null && logicalKey.b().asByteArrayUnsafe().length > 0) {
      return AttributeValue.fromB(concat(logicalKey.b(), tail));
    }
    throw new IllegalArgumentException(
        "Only a string or binary key that is not empty can be sharded; this one has the type "
            + logicalKey.type()
            + '.');
  }

  private static SdkBytes concat(SdkBytes logicalKey, String tail) {
    byte[] head = logicalKey.asByteArrayUnsafe();
    byte[] suffix = tail.getBytes(StandardCharsets.UTF_8);
    byte[] whole = Arrays.copyOf(head, head.length + suffix.length);
    System.arraycopy(suffix, 0, whole, head.length, suffix.length);
    return SdkBytes.fromByteArrayUnsafe(whole);
  }

  /**
   * Splits a physical string key at its last separator.
   *
   * @param physicalKey a key as {@link #physicalKey} made it
   * @return the logical key and the suffix, or empty if the key does not end in a suffix
   */
  public static Optional<Sharded> parse(String physicalKey) {
    int at = physicalKey.lastIndexOf(SEPARATOR);
    if (at < 1) {
      return Optional.empty();
    }
    try {
      Suffix suffix = Suffix.parse(physicalKey.substring(at + 1));
      return suffix.isNone()
          ? Optional.empty()
          : Optional.of(new Sharded(physicalKey.substring(0, at), suffix));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * A physical string key, taken apart.
   *
   * @param logicalKey what the application calls it
   * @param suffix the shard it is on
   */
  public record Sharded(String logicalKey, Suffix suffix) {}

  @Override
  public String toString() {
    return switch (policy) {
      case NONE -> "none";
      case RANDOM -> "random(" + shards + ")";
      case CALCULATED -> "calculated(" + shards + ")";
    };
  }
}
