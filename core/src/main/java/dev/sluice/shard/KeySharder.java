package dev.sluice.shard;

import static java.util.Objects.requireNonNull;

import dev.sluice.model.Suffix;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Spreads the items of one logical partition key over {@code n} physical ones, since a single
 * partition key never takes more than 1,000 write units a second.
 *
 * <p>A physical key is the logical key, {@value #SEPARATOR}, the generation, a point and the shard,
 * in decimal digits: {@code ci} on shard 3 of generation 0 is {@code ci#0.3}. Only the last
 * separator counts, so logical keys may contain it. A binary key gets the same text in ASCII behind
 * it. A number becomes the string of its value, so that {@code 17}, {@code 17.0} and {@code 1.7E1}
 * are all {@code 17#0.3}, in a table whose partition key is a string; it is the same logical key as
 * the string {@code 17}. Empty logical keys are rejected.
 *
 * <p>Reading a logical key means reading all of {@link #physicalKeys}: {@code
 * dev.sluice.read.GatherReader} does it in the order of their sort keys.
 *
 * <p>The package's own page says how to go over to another number of shards, and how an earlier one
 * goes.
 *
 * <p>Immutable; safe for use by several threads if the random generator given to {@link #suffixFor}
 * is.
 */
public final class KeySharder {
  /** Stands between the logical key and the suffix. */
  public static final char SEPARATOR = '#';

  /** The most shards a sharder can have. */
  public static final int MAX_SHARDS = 10_000;

  /** The highest generation a sharder can have. */
  public static final int MAX_GENERATION = 9_999;

  private static final KeySharder NONE =
      new KeySharder(Policy.NONE, 1, Suffix.NONE.generation(), List.of());

  private enum Policy {
    NONE,
    RANDOM,
    CALCULATED
  }

  private final Policy policy;
  private final int shards;
  private final int generation;
  private final List<KeySharder> predecessors;

  private KeySharder(Policy policy, int shards, int generation, List<KeySharder> predecessors) {
    this.policy = policy;
    this.shards = shards;
    this.generation = generation;
    this.predecessors = predecessors;
  }

  private static KeySharder first(Policy policy, int shards) {
    if (shards < 1 || shards > MAX_SHARDS) {
      throw new IllegalArgumentException(
          "A sharder has 1 to " + MAX_SHARDS + " shards; got " + shards + '.');
    }
    return new KeySharder(policy, shards, 0, List.of());
  }

  /** {@return the sharder that leaves keys as they are} */
  public static KeySharder none() {
    return NONE;
  }

  /**
   * Draws the shard at random: the best spread. The ledger remembers what was drawn, so that a
   * replay goes to the same shard, as long as the sharder of then, or {@link #after} it, reads it.
   *
   * @param shards 1 to {@value #MAX_SHARDS}
   * @return the sharder, of generation 0
   * @throws IllegalArgumentException if the number is out of range
   */
  public static KeySharder random(int shards) {
    return first(Policy.RANDOM, shards);
  }

  /**
   * Calculates the shard from the event id, so that whoever knows the id finds the item with one
   * read. The shard is the CRC-32 (ISO 3309, as in zlib and gzip) of the id's UTF-8 bytes, taken as
   * an unsigned number, modulo the number of shards; this will not change.
   *
   * <p>Under {@code Mode.KEYED} the calculation is all that makes a repetition meet its first
   * write. After a change of the number or the generation an event that comes again goes to another
   * key, and lies under both. So a writer under {@code KEYED} rejects a sharder with predecessors;
   * give it the new sharder alone once no event written under the old one can come again, and the
   * predecessors to the readers.
   *
   * @param shards 1 to {@value #MAX_SHARDS}
   * @return the sharder, of generation 0
   * @throws IllegalArgumentException if the number is out of range
   */
  public static KeySharder calculated(int shards) {
    return first(Policy.CALCULATED, shards);
  }

  /**
   * Sets the generation, which keeps the keys of one sharder apart from those of another.
   *
   * @param number 0 to {@value #MAX_GENERATION}, above that of every predecessor; never one that
   *     was in use with another number of shards
   * @return this sharder with that generation
   * @throws IllegalArgumentException if the number is out of range or not above the predecessors',
   *     or keys are left as they are
   */
  public KeySharder generation(int number) {
    if (policy == Policy.NONE) {
      throw new IllegalArgumentException(
          "Keys that are left as they are have no generation; got " + number + '.');
    }
    if (number < 0 || number > MAX_GENERATION) {
      throw new IllegalArgumentException(
          "A generation is 0 to " + MAX_GENERATION + "; got " + number + '.');
    }
    return new KeySharder(policy, shards, number, List.of()).with(predecessors);
  }

  /**
   * Has the keys of an earlier sharder, and of its predecessors, read as well, and lets a writer
   * make effects there that the ledger puts there. The package's page says when it may be dropped.
   * {@link #none()} as the earlier one stands for items from before the table was sharded; there a
   * logical key that itself ends like a suffix, as {@code ci#0.3} does, cannot be told from a shard
   * of {@code ci}.
   *
   * @param earlier what was in use before
   * @return this sharder with those predecessors
   * @throws IllegalArgumentException if generations do not go up from each to its successor
   */
  public KeySharder after(KeySharder earlier) {
    List<KeySharder> all = new ArrayList<>(predecessors);
    all.add(earlier.withoutPredecessors());
    all.addAll(earlier.predecessors);
    return with(all);
  }

  private KeySharder with(List<KeySharder> earlier) {
    List<KeySharder> kept = new ArrayList<>();
    boolean bareKeyIsRead = policy == Policy.NONE;
    KeySharder later = this;
    for (KeySharder each : earlier) {
      if (each.policy == Policy.NONE) {
        if (!bareKeyIsRead) {
          kept.add(each);
        }
        bareKeyIsRead = true;
        continue;
      }
      if (later.policy != Policy.NONE && later.generation <= each.generation) {
        throw new IllegalArgumentException(
            "A sharder has a higher generation than the one before it; got %s after %s. Give it %d with .generation(…), and keep that for good."
                .formatted(later.withoutPredecessors(), each, each.generation + 1));
      }
      kept.add(each);
      later = each;
    }
    return new KeySharder(policy, shards, generation, List.copyOf(kept));
  }

  private KeySharder withoutPredecessors() {
    return predecessors.isEmpty() ? this : new KeySharder(policy, shards, generation, List.of());
  }

  /** {@return the number of shards that are written; 1 where keys are left as they are} */
  public int shards() {
    return shards;
  }

  /** {@return the generation that is written; -1 where keys are left as they are} */
  public int generation() {
    return generation;
  }

  /** {@return the sharders whose keys are read as well, the latest first} */
  public List<KeySharder> predecessors() {
    return predecessors;
  }

  /** {@return whether keys are left as they are, and always were} */
  public boolean isNone() {
    return policy == Policy.NONE && predecessors.isEmpty();
  }

  /** {@return whether one event may get another suffix each time it is asked for} */
  public boolean isRandom() {
    return policy == Policy.RANDOM;
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
      case RANDOM -> new Suffix(generation, random.nextInt(shards));
      case CALCULATED -> new Suffix(generation, (int) (StableHash.of(eventId) % shards));
    };
  }

  /** {@return by how many bytes a suffix makes a key longer, at most; 0 where it has none} */
  public int maxSuffixBytes() {
    return policy == Policy.NONE ? 0 : 1 + new Suffix(generation, shards - 1).toString().length();
  }

  /**
   * All suffixes under which a logical key's items may be.
   *
   * @return the suffixes of each generation in the order of its shards, the latest generation first
   */
  public List<Suffix> suffixes() {
    List<Suffix> all = new ArrayList<>();
    addSuffixes(all);
    predecessors.forEach(each -> each.addSuffixes(all));
    return List.copyOf(all);
  }

  /**
   * Whether items under a suffix are read.
   *
   * @param suffix a suffix, of this sharder or another
   * @return whether it is one of {@link #suffixes()}
   */
  public boolean reads(Suffix suffix) {
    boolean found = writes(suffix);
    for (int i = 0; !found && i < predecessors.size(); i++) {
      found = predecessors.get(i).writes(suffix);
    }
    return found;
  }

  private boolean writes(Suffix suffix) {
    return policy == Policy.NONE
        ? suffix.isNone()
        : suffix.generation() == generation && suffix.shard() < shards;
  }

  private void addSuffixes(List<Suffix> all) {
    if (policy == Policy.NONE) {
      all.add(Suffix.NONE);
      return;
    }
    for (int shard = 0; shard < shards; shard++) {
      all.add(new Suffix(generation, shard));
    }
  }

  /**
   * All physical keys under which a logical key's items may be, in the order of {@link
   * #suffixes()}.
   *
   * @param logicalKey a string, number or binary key, not empty
   * @return the physical keys
   * @throws IllegalArgumentException if the key is empty or of another type
   */
  public List<AttributeValue> physicalKeys(AttributeValue logicalKey) {
    PhysicalKey.requireKey(requireNonNull(logicalKey, "logicalKey"));
    if (isNone()) {
      return List.of(logicalKey);
    }
    AttributeValue logical = PhysicalKey.logical(logicalKey);
    List<Suffix> suffixes = suffixes();
    List<AttributeValue> keys = new ArrayList<>(suffixes.size());
    for (Suffix suffix : suffixes) {
      keys.add(PhysicalKey.join(logical, suffix));
    }
    return List.copyOf(keys);
  }

  /** {@return the sharder as {@code random(32).generation(1).after(random(16))}} */
  @Override
  public String toString() {
    String name =
        switch (policy) {
          case NONE -> "none";
          case RANDOM -> "random(" + shards + ")";
          case CALCULATED -> "calculated(" + shards + ")";
        };
    StringBuilder text = new StringBuilder(name);
    if (generation > 0) {
      text.append(".generation(").append(generation).append(')');
    }
    predecessors.forEach(each -> text.append(".after(").append(each).append(')'));
    return text.toString();
  }
}
