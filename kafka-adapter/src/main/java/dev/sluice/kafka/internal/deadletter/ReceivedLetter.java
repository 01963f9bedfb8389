package dev.sluice.kafka.internal.deadletter;

import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import dev.sluice.model.Write;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A dead letter as it was read: the record that it was made of, and what is known of it.
 *
 * @param letter the letter itself
 * @param record the record as its consumer had read it: its topic, partition, offset, timestamp,
 *     raw key and value, and its own headers
 * @param source its source position
 * @param suffixes of each write, those of its effects; empty where none are known
 * @param group the consumer group that gave it up
 * @param cause why
 * @param partial whether some of its effects were applied, or may have been
 * @param attempts how often it was tried, and when
 */
public record ReceivedLetter(
    ConsumerRecord<byte[], byte[]> letter,
    ConsumerRecord<byte[], byte[]> record,
    SourcePosition source,
    List<List<Suffix>> suffixes,
    String group,
    DeadLetter.Cause cause,
    boolean partial,
    DeadLetter.Attempts attempts) {

  /** The position of one of its writes. */
  public SourcePosition source(int index, int writes) {
    return writes == 1 ? source : source.withIndex(index);
  }

  /**
   * Where the effects of one of its writes went; none where the mapper makes other writes of the
   * record by now.
   */
  public List<Suffix> suffixes(int index, List<Write> writes) {
    if (suffixes.size() != writes.size()) {
      return List.of();
    }
    List<Suffix> known = suffixes.get(index);
    return known.size() == writes.get(index).effects().size() ? known : List.of();
  }

  /** The dead letter to put in its place, after it has failed again. */
  public DeadLetter again(
      DeadLetter.Cause why, boolean partialNow, String suffixesNow, Instant now) {
    return new DeadLetter(
        record,
        source.value(),
        suffixesNow,
        group,
        why,
        partial || partialNow,
        new DeadLetter.Attempts(attempts.count() + 1, attempts.firstFailure(), now));
  }

  /** {@return the source and the reason's code, nothing of the record's contents} */
  @Override
  public String toString() {
    return source + " " + cause.reason();
  }
}
