package dev.sluice.model;

import static java.util.Objects.requireNonNull;

/**
 * Where a write came from: the owner of its claim in the ledger.
 *
 * <p>For a Kafka record it is {@code topic/partition/offset}, with {@code #index} behind it where
 * one record yields several writes. Any other source may use any text that names a position from
 * which it redelivers until the write is acknowledged; a source that cannot redeliver uses the
 * event id. Two different records must never have the same position, and one record must have the
 * same position on every delivery.
 *
 * @param value the position as stored in the ledger; 1 to {@value #MAX_LENGTH} characters
 */
public record SourcePosition(String value) {
  /** The longest position accepted, in characters. */
  public static final int MAX_LENGTH = 1024;

  private static final char INDEX = '#';

  /**
   * Checks the position.
   *
   * @throws IllegalArgumentException if it is empty or too long
   */
  public SourcePosition {
    requireNonNull(value, "value");
    if (value.isEmpty() || value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "A source position has 1 to "
              + MAX_LENGTH
              + " characters; this one has "
              + value.length()
              + ".");
    }
  }

  /**
   * The position of a Kafka record that yields one write.
   *
   * @param topic the record's topic
   * @param partition the record's partition, 0 or more
   * @param offset the record's offset, 0 or more
   * @return {@code topic/partition/offset}
   */
  public static SourcePosition of(String topic, int partition, long offset) {
    return new SourcePosition(topic + '/' + partition + '/' + offset);
  }

  /**
   * The position of one of several writes that a record yields.
   *
   * @param index the write's place among its record's writes, counted from 0
   * @return this position with {@code #index} behind it
   */
  public SourcePosition withIndex(int index) {
    return new SourcePosition(value + INDEX + index);
  }

  /**
   * Whether both are positions of one record, of the same of its writes or not.
   *
   * @param other the other position
   * @return whether they differ in their index at most
   */
  public boolean isOfSameRecordAs(SourcePosition other) {
    return record().equals(other.record());
  }

  private String record() {
    int at = value.lastIndexOf(INDEX);
    boolean indexed =
        at > 0
            && at < value.length() - 1
            && value.substring(at + 1).chars().allMatch(c -> c >= '0' && c <= '9');
    return indexed ? value.substring(0, at) : value;
  }

  @Override
  public String toString() {
    return value;
  }
}
