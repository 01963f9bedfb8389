package dev.sluice.model;

/**
 * Which of a logical key's shards an effect goes to, or {@link #NONE} for a key that is not
 * sharded. The ledger records it, so that a replay goes to the same place.
 *
 * @param generation the sharder's generation, 0 or more; -1 in {@link #NONE} only
 * @param shard the shard within the generation, 0 or more; -1 in {@link #NONE} only
 */
public record Suffix(int generation, int shard) {
  /** The key is not sharded. */
  public static final Suffix NONE = new Suffix(-1, -1);

  /**
   * Checks the suffix.
   *
   * @throws IllegalArgumentException if exactly one part is negative, or either is below -1
   */
  public Suffix {
    boolean none = generation == -1 && shard == -1;
    if (!none && (generation < 0 || shard < 0)) {
      throw new IllegalArgumentException(
          "A suffix has a generation and a shard of 0 or more; got " + generation + '.' + shard);
    }
  }

  /**
   * Reads a suffix in the form that {@link #toString()} writes.
   *
   * @param text {@code generation.shard} in decimal digits, or {@code -} for none
   * @return the suffix
   * @throws IllegalArgumentException if the text has another form
   */
  public static Suffix parse(String text) {
    if (text.equals("-")) {
      return NONE;
    }
    int dot = text.indexOf('.');
    if (dot < 1 || dot == text.length() - 1) {
      throw new IllegalArgumentException(
          "A suffix is written generation.shard, or '-' for none; got '" + text + "'");
    }
    Suffix suffix =
        new Suffix(
            Integer.parseInt(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1)));
    if (!suffix.toString().equals(text)) {
      throw new IllegalArgumentException(
          "A suffix is written without signs and leading zeros; got '" + text + "'");
    }
    return suffix;
  }

  /** {@return whether this is {@link #NONE}} */
  public boolean isNone() {
    return shard < 0;
  }

  /** {@return {@code generation.shard}, or {@code -} for none} */
  @Override
  public String toString() {
    return isNone() ? "-" : generation + "." + shard;
  }
}
