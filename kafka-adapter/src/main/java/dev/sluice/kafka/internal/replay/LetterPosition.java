package dev.sluice.kafka.internal.replay;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/**
 * How far replays have got in one partition: all below the offset is dealt with, but for dead
 * letters that were left for their age. Those, and how many partitions the topic had, are kept in
 * the metadata of the committed offset. Not thread-safe.
 */
final class LetterPosition {
  /** A broker takes 4,096 bytes unless told otherwise. */
  private static final int LONGEST = 3_000;

  private static final Pattern METADATA =
      Pattern.compile("sluice-replay partitions=(\\d{1,9}) known=(\\d{1,18}) expired=([\\d,-]*)");

  private final long known;
  private final OffsetRanges expired;
  private final long start;
  private final long first;
  private final boolean replaysExpired;
  private long settled;
  // Of the leader that wrote what is before the settled offset, if that is known.
  private Optional<Integer> epoch;

  /**
   * Where a replay begins.
   *
   * @param known below it all was dealt with by former replays
   * @param expired but for these
   * @param start from where on all is dealt with now
   * @param first from where on it is read, for the sake of what was left; the start or less
   * @param epoch the leader epoch that is known with the first offset, so that the client notices a
   *     log that was cut
   * @param replaysExpired whether letters of any age are replayed
   */
  LetterPosition(
      long known,
      OffsetRanges expired,
      long start,
      long first,
      Optional<Integer> epoch,
      boolean replaysExpired) {
    this.known = known;
    this.expired = expired;
    this.start = start;
    this.first = first;
    this.replaysExpired = replaysExpired;
    this.settled = first;
    this.epoch = epoch;
  }

  /** How many partitions the topic had when this was committed; 0 where that is not known. */
  static int partitions(OffsetAndMetadata committed) {
    Matcher metadata = METADATA.matcher(committed.metadata());
    return metadata.matches() ? Integer.parseInt(metadata.group(1)) : 0;
  }

  /** Below which offset all was dealt with at some time, though a replay began again before it. */
  static long known(OffsetAndMetadata committed) {
    Matcher metadata = METADATA.matcher(committed.metadata());
    long known = metadata.matches() ? Long.parseLong(metadata.group(2)) : 0;
    return Math.max(known, committed.offset());
  }

  /** What was left for its age by then. */
  static OffsetRanges expired(OffsetAndMetadata committed) {
    Matcher metadata = METADATA.matcher(committed.metadata());
    try {
      return OffsetRanges.parse(metadata.matches() ? metadata.group(3) : "");
    } catch (IllegalArgumentException e) {
      return new OffsetRanges();
    }
  }

  /** What is known when all that was read is dealt with, up to where it was left. */
  OffsetAndMetadata toCommit(int partitions) {
    if (replaysExpired) {
      expired.remove(first, settled);
    }
    return new OffsetAndMetadata(
        Math.max(start, settled),
        settled >= start ? epoch : Optional.empty(),
        "sluice-replay partitions="
            + partitions
            + " known="
            + Math.max(known, settled)
            + " expired="
            + expired);
  }

  /** Where to read from. */
  OffsetAndMetadata first() {
    return new OffsetAndMetadata(first, epoch, "");
  }

  /** {@return the leader epoch that is known with an offset, if it is the one that was settled} */
  Optional<Integer> epochAt(long offset) {
    return offset == settled ? epoch : Optional.empty();
  }

  /** Whether a letter is to be dealt with. */
  boolean isOpen(long letter) {
    return letter >= start || expired.contains(letter);
  }

  /** All below an offset was read, and is dealt with before the next commit. */
  void readTo(long offset, Optional<Integer> itsEpoch) {
    settled = offset;
    epoch = itsEpoch;
  }

  /** What is at an offset or behind it is left to the next replay. */
  void leave(long letter, Optional<Integer> itsEpoch) {
    settled = letter;
    epoch = itsEpoch;
  }

  /**
   * A letter is left for its age. One that a former replay has dealt with is not noted, since it
   * may have taken effect then.
   *
   * @return whether that can be kept
   */
  boolean leaveExpired(long letter) {
    if (letter < known || expired.contains(letter)) {
      return true;
    }
    expired.add(letter);
    if (expired.toString().length() > LONGEST) {
      expired.remove(letter, letter + 1);
      return false;
    }
    return true;
  }
}
