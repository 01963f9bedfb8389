package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.record.PauseReason;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * How a loop was when it last said so. Immutable; times, not ages, so that what hangs shows.
 *
 * @param partitions the partitions owned
 * @param oldestFormer when the oldest record was received that is open on what is not owned, or
 *     null
 * @param blockedSince since when the dead-letter topic takes nothing, or null
 * @param blockedBy the class of the exception that it answered with last, or null
 * @param lastCommit when a commit last succeeded, or null
 * @param commitFailures commits that failed since
 * @param unansweredSince since when brokers have not answered, or null if they do
 * @param missingTopics topics that are read by name and do not exist
 */
record LoopSnapshot(
    List<One> partitions,
    @Nullable Instant oldestFormer,
    @Nullable Instant blockedSince,
    @Nullable String blockedBy,
    @Nullable Instant lastCommit,
    int commitFailures,
    @Nullable Instant unansweredSince,
    Set<String> missingTopics) {

  static final LoopSnapshot EMPTY =
      new LoopSnapshot(List.of(), null, null, null, null, 0, null, Set.of());

  /**
   * One partition; unknown offsets are {@link
   * dev.sluice.kafka.internal.offsets.OffsetTracker#UNKNOWN}.
   */
  record One(
      TopicPartition id,
      Offsets offsets,
      @Nullable Long lag,
      Open open,
      Set<PauseReason> pausedFor,
      @Nullable Unreadable unreadable) {}

  /** How far a partition has been read and is committed. */
  record Offsets(long committed, long position, @Nullable Instant unknownSince, long span) {}

  /** What cannot be read of a partition. */
  record Unreadable(long offset, Instant since, String exception) {}

  /** The records of a partition that have not ended. */
  record Open(int records, long bytes, @Nullable Instant oldest, @Nullable Instant stuckSince) {}
}
