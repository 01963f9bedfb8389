package dev.sluice.kafka.record;

import java.util.Collection;
import org.apache.kafka.common.TopicPartition;

/**
 * Told what a consumer does, to be counted by whatever an application measures with. Every method
 * does nothing unless it is implemented.
 *
 * <p>Called on the polling threads, one for each of the consumer's {@code instances}:
 * implementations must be safe for that, and quick, since the polling waits for them. What they
 * throw is logged once and changes nothing. Times are in nanoseconds unless the name says
 * otherwise.
 */
public interface ConsumerMetrics {

  /** How a record ended. */
  enum Ending {
    /**
     * Its effects are durable, now or before, or it is a duplicate of a record whose effects are.
     */
    WRITTEN,
    /** The mapper made nothing of it. */
    SKIPPED,
    /** The dead-letter topic has acknowledged it. */
    DEAD_LETTERED
  }

  /** A step of a record that is tried again when it fails. */
  enum Step {
    /** A record that could not be mapped for now. */
    MAP,
    /** A write whose outcome is not known. */
    WRITE,
    /** A dead letter that was not acknowledged. */
    DEAD_LETTER,
    /** The release of a claim. */
    RELEASE
  }

  /**
   * A poll has returned. Between two of them less than {@code max.poll.interval.ms} must pass, lest
   * the group throw the consumer out.
   *
   * @param instance which of the consumer's instances, from 0
   * @param nanos since the poll before it had returned; 0 for the first
   * @param maxPollIntervalNanos what it must stay below
   */
  default void polled(int instance, long nanos, long maxPollIntervalNanos) {}

  /**
   * Records have arrived.
   *
   * @param partition from where
   * @param records how many
   * @param bytes of their keys and values
   */
  default void received(TopicPartition partition, int records, long bytes) {}

  /**
   * A record has ended: its offset may be committed.
   *
   * @param partition where it came from
   * @param ending how
   * @param nanos since it was received
   */
  default void recordEnded(TopicPartition partition, Ending ending, long nanos) {}

  /**
   * An event is durable, or known to have been.
   *
   * @param partition where its record came from
   * @param ageMillis the time since the record's timestamp, or since what {@code eventTimeHeader}
   *     says, in milliseconds; not called for a record that has neither. Where the clocks of
   *     producer and consumer differ it can be below zero
   */
  default void eventDurable(TopicPartition partition, long ageMillis) {}

  /**
   * How far a partition is behind, asked at most every {@code lagInterval}, also while it is
   * paused.
   *
   * @param partition the partition
   * @param records its end offset (for {@code read_committed} that of the last stable record) minus
   *     the committed offset
   */
  default void lag(TopicPartition partition, long records) {}

  /**
   * The load of a partition, every 100 ms or so.
   *
   * @param partition the partition
   * @param span how far reading is ahead of the offset that could be committed
   * @param openRecords records received that have not ended
   * @param openBytes bytes of their keys and values
   * @param oldestNanos the age of the oldest of them, since it was received, but for the pauses by
   *     the operator that are over and kept it waiting; 0 if there is none
   */
  default void load(
      TopicPartition partition, long span, int openRecords, long openBytes, long oldestNanos) {}

  /**
   * A partition begins to be paused for a reason; there may be several at once.
   *
   * @param partition the partition
   * @param reason why
   */
  default void paused(TopicPartition partition, PauseReason reason) {}

  /**
   * A reason to pause a partition is gone, or the partition is, or the consumer has ended.
   *
   * @param partition the partition
   * @param reason which was told as {@link #paused}
   */
  default void resumed(TopicPartition partition, PauseReason reason) {}

  /**
   * A commit succeeded.
   *
   * @param partitions how many partitions it was for
   * @param nanos since it was sent
   */
  default void committed(int partitions, long nanos) {}

  /**
   * A commit failed; the next one covers it.
   *
   * @param error the class of the exception
   */
  default void commitFailed(String error) {}

  /**
   * A rebalance brought partitions.
   *
   * @param partitions which
   */
  default void assigned(Collection<TopicPartition> partitions) {}

  /**
   * A rebalance took partitions away, after they were given time to drain. What is kept of them,
   * such as their lag, is now another's to tell.
   *
   * @param partitions which
   * @param unfinished records begun on them that had not ended; the next owner gets them again
   */
  default void revoked(Collection<TopicPartition> partitions, int unfinished) {}

  /**
   * Partitions were lost: the group had given them to others before this consumer knew.
   *
   * @param partitions which
   * @param unfinished records begun on them that had not ended; the next owner gets them again
   */
  default void lost(Collection<TopicPartition> partitions, int unfinished) {}

  /**
   * A step of a record failed and will be tried again.
   *
   * @param partition where the record came from
   * @param step which step
   */
  default void retried(TopicPartition partition, Step step) {}

  /**
   * The dead-letter topic has acknowledged a record.
   *
   * @param partition where it came from
   * @param reason the code in its {@code sluice.reason} header
   */
  default void deadLettered(TopicPartition partition, String reason) {}

  /**
   * The dead-letter topic did not take a record.
   *
   * @param partition where the record came from
   * @param error the class of the exception
   */
  default void deadLetterNotTaken(TopicPartition partition, String error) {}

  /** {@return metrics that count nothing} */
  static ConsumerMetrics disabled() {
    return DisabledConsumerMetrics.INSTANCE;
  }

  /**
   * Metrics whose failures stay their own.
   *
   * @param metrics anyone's metrics
   * @return the same, guarded
   */
  static ConsumerMetrics guarded(ConsumerMetrics metrics) {
    return metrics == DisabledConsumerMetrics.INSTANCE
        ? metrics
        : new GuardedConsumerMetrics(metrics);
  }
}
