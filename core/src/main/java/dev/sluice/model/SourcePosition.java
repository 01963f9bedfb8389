package dev.sluice.model;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Where a write came from: the owner of its claim in the ledger.
 *
 * <p>{@link #of} makes the position of a Kafka record. Any other source uses {@link
 * #SourcePosition(String)} with a text of its own, which is opaque: nothing is read out of it. The
 * text names a position from which the source redelivers until the write is acknowledged; a source
 * that cannot redeliver uses the event id. {@link #withIndex} makes the positions of several writes
 * of one record, of either form. Two different records must never have the same position, and one
 * record must have the same position on every delivery.
 *
 * <p>The ledger stores and compares the text, {@link #value()}. So positions with the same text are
 * one position, however they were made: line 17 as {@code new
 * SourcePosition("orders.csv").withIndex(17)} is the same as {@code new
 * SourcePosition("orders.csv#17")}. The leader epoch is no part of the text.
 *
 * <p>Immutable; safe for use by several threads.
 */
public final class SourcePosition {
  /** The longest position accepted, in characters. */
  public static final int MAX_LENGTH = 1024;

  private static final int NONE = -1;
  private static final int UNKNOWN = -2;

  private final String value;
  private final @Nullable String topic;
  private final int partition;
  private final long offset;
  private final int leaderEpoch;
  private final int index;
  private final int recordLength;

  /**
   * A position of a source other than Kafka.
   *
   * @param value any text, 1 to {@value #MAX_LENGTH} characters. A number behind a {@code #} in it
   *     is no index
   * @throws IllegalArgumentException if it is empty or too long
   */
  public SourcePosition(String value) {
    this(requireNonNull(value, "value"), value.length(), null, NONE, NONE, NONE, NONE);
  }

  private SourcePosition(
      String value,
      int recordLength,
      @Nullable String topic,
      int partition,
      long offset,
      int leaderEpoch,
      int index) {
    if (value.isEmpty() || value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "A source position has 1 to "
              + MAX_LENGTH
              + " characters; this one has "
              + value.length()
              + ".");
    }
    this.value = value;
    this.recordLength = recordLength;
    this.topic = topic;
    this.partition = partition;
    this.offset = offset;
    this.leaderEpoch = leaderEpoch;
    this.index = index;
  }

  /**
   * The position of a Kafka record that yields one write. Its text is {@code
   * topic/partition/offset}.
   *
   * @param topic the record's topic
   * @param partition the record's partition, 0 or more
   * @param offset the record's offset, 0 or more
   * @return the position, with no leader epoch and no index
   * @throws IllegalArgumentException if a number is negative, or the text too long
   */
  public static SourcePosition of(String topic, int partition, long offset) {
    requireNonNull(topic, "topic");
    requireNotNegative("partition", partition);
    requireNotNegative("offset", offset);
    String text = topic + PositionText.SEPARATOR + partition + PositionText.SEPARATOR + offset;
    return new SourcePosition(text, text.length(), topic, partition, offset, NONE, NONE);
  }

  /**
   * A position as a ledger holds it: a text alone. Whether it ends in an index is not known, where
   * it looks like one: {@link #isOfSameRecordAs} then takes it for both.
   *
   * @param value the text, 1 to {@value #MAX_LENGTH} characters
   * @return the position, of which no part but the text is known
   * @throws IllegalArgumentException if it is empty or too long
   */
  public static SourcePosition recorded(String value) {
    requireNonNull(value, "value");
    return new SourcePosition(value, value.length(), null, NONE, NONE, NONE, UNKNOWN);
  }

  private static void requireNotNegative(String name, long number) {
    if (number < 0) {
      throw new IllegalArgumentException(
          "A source position's " + name + " is " + number + "; allowed is 0 or more.");
    }
  }

  /**
   * The position of one of several writes that a record yields. Its text is this one's with {@code
   * #index} behind it.
   *
   * @param writeIndex the write's place among its record's writes, counted from 0
   * @return the position of that write
   * @throws IllegalArgumentException if the index is negative, or the text too long
   * @throws IllegalStateException if this position has an index already
   */
  public SourcePosition withIndex(int writeIndex) {
    requireNotNegative("index", writeIndex);
    if (index >= 0) {
      throw new IllegalStateException(
          "The source position '" + value + "' has an index already; give one to its record's.");
    }
    return new SourcePosition(
        value + PositionText.INDEX + writeIndex,
        value.length(),
        topic,
        partition,
        offset,
        leaderEpoch,
        writeIndex);
  }

  /**
   * The same position, with the epoch of the leader that took the record. It is no part of the text
   * and does not make another position.
   *
   * @param epoch 0 or more
   * @return the position with that epoch
   * @throws IllegalArgumentException if the epoch is negative
   * @throws IllegalStateException if this is no position of a Kafka record
   */
  public SourcePosition withLeaderEpoch(int epoch) {
    requireNotNegative("leaderEpoch", epoch);
    if (topic == null) {
      throw new IllegalStateException(
          "The source position '" + value + "' is opaque; only Kafka records have leader epochs.");
    }
    return new SourcePosition(value, recordLength, topic, partition, offset, epoch, index);
  }

  /** {@return the position as stored in the ledger} */
  public String value() {
    return value;
  }

  /** {@return the record's topic; empty for other sources than Kafka} */
  public Optional<String> topic() {
    return Optional.ofNullable(topic);
  }

  /** {@return the record's partition; empty for other sources than Kafka} */
  public OptionalInt partition() {
    return optional(partition);
  }

  /** {@return the record's offset; empty for other sources than Kafka} */
  public OptionalLong offset() {
    return offset < 0 ? OptionalLong.empty() : OptionalLong.of(offset);
  }

  /** {@return the epoch of the leader that took the record, if it was given} */
  public OptionalInt leaderEpoch() {
    return optional(leaderEpoch);
  }

  /** {@return the write's place among its record's writes, if it was given} */
  public OptionalInt index() {
    return optional(index);
  }

  private static OptionalInt optional(int number) {
    return number < 0 ? OptionalInt.empty() : OptionalInt.of(number);
  }

  /**
   * Whether both are positions of one record, of the same of its writes or not. Where a text alone
   * is known (see {@link #recorded}), whether they may be. A text in the form of Kafka's that was
   * given as opaque counts as a write of the record that it names, beside that record itself.
   *
   * @param other the other position
   * @return whether they differ in their index at most, or may do
   */
  public boolean isOfSameRecordAs(SourcePosition other) {
    if (value.equals(other.value) || record().equals(other.record())) {
      return true;
    }
    String mine = possibleRecord();
    String others = other.possibleRecord();
    if (mine != null && mine.equals(others)) {
      return index == UNKNOWN || other.index == UNKNOWN;
    }
    return other.record().equals(mine) || record().equals(others);
  }

  /**
   * Whether the text ends as if in an index, though the position has none. A ledger notes it, since
   * the text alone does not tell.
   *
   * @return whether a {@code #} and the digits of an index end the text, and are no index
   */
  public boolean looksIndexed() {
    return topic == null && index == NONE && PositionText.indexAt(value) > 0;
  }

  /** The text of the record's own position, as far as it is known. */
  private String record() {
    return recordLength == value.length() ? value : value.substring(0, recordLength);
  }

  /** The text of the record, if the digits at the end are an index after all; null otherwise. */
  private @Nullable String possibleRecord() {
    int at = index < 0 ? PositionText.indexAt(value) : NONE;
    if (at < 0) {
      return null;
    }
    String before = value.substring(0, at);
    return index == UNKNOWN || PositionText.isOfKafka(before) ? before : null;
  }

  /** {@return whether both have the same text} */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SourcePosition position && value.equals(position.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  /** {@return the text} */
  @Override
  public String toString() {
    return value;
  }
}
