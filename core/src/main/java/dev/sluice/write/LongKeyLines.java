package dev.sluice.write;

import dev.sluice.item.PrimaryKey;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Items with so many writes waiting for each other that they would soon fill the buffer: one item
 * is written once a request, however fast its table is. They are known by their logical keys.
 * Belongs to the loop.
 */
final class LongKeyLines {
  /** Shorter lines leave room to others in any buffer that is of use. */
  static final int LEAST_LENGTH = 16;

  private final int maxLength;
  private final long maxBytes;
  private final Consumer<Set<PrimaryKey>> changed;
  private final Set<PrimaryKey> keys = new HashSet<>();

  /**
   * Creates it without long lines.
   *
   * @param maxLength a line of so many writes is long
   * @param maxBytes or of so many bytes
   * @param changed told all keys whose lines are long whenever that changes
   */
  LongKeyLines(int maxLength, long maxBytes, Consumer<Set<PrimaryKey>> changed) {
    this.maxLength = Math.max(LEAST_LENGTH, maxLength);
    this.maxBytes = maxBytes;
    this.changed = changed;
  }

  void grew(PrimaryKey key, int length, long bytes) {
    boolean isLong = length >= maxLength || (length >= LEAST_LENGTH && bytes >= maxBytes);
    if (isLong && keys.add(key)) {
      changed.accept(Set.copyOf(keys));
    }
  }

  void shrank(PrimaryKey key, int length, long bytes) {
    // At half of it, so that it does not change with every write.
    boolean isShort = length <= maxLength / 2 && (length <= 1 || bytes <= maxBytes / 2);
    if (!keys.isEmpty() && isShort && keys.remove(key)) {
      changed.accept(Set.copyOf(keys));
    }
  }
}
