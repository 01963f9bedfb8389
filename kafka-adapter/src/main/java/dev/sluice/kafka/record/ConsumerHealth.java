package dev.sluice.kafka.record;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * How a consumer is, for a service's own check. An immutable value: what the polling threads
 * published last, at most a fifth of a second or one turn of theirs ago, with ages and times
 * reckoned to the moment of asking, so that a thread that hangs shows.
 *
 * @param state whether it runs
 * @param polling how the polling goes on
 * @param partitions the partitions owned
 * @param maxRecordAge see {@link ConsumerOptionsBuilder#maxRecordAge}
 * @param oldestFormerAge the age of the oldest record of a partition that moved away which is still
 *     with the writer, and takes its share of {@code maxOpenBytes}; zero if there is none
 * @param deadLetters whether the dead-letter topic takes what it is given
 * @param commits how the commits go on
 * @param topics what is wrong with the topics that are read
 */
public record ConsumerHealth(
    State state,
    Polling polling,
    Map<TopicPartition, Partition> partitions,
    Duration maxRecordAge,
    Duration oldestFormerAge,
    DeadLetters deadLetters,
    Commits commits,
    Topics topics) {

  /** Whether a consumer runs. */
  public enum State {
    /** It was not started yet. */
    NEW,
    /** It reads, or is closing. */
    RUNNING,
    /** Whoever runs it has paused it. */
    PAUSED,
    /** It ended by a failure, or is ending. */
    FAILED,
    /** It was closed. */
    CLOSED
  }

  /**
   * How the polling goes on.
   *
   * @param sinceLast the time since the last poll, of the instance where it is longest ago; zero
   *     before the start and after the end
   * @param maxInterval what that must stay below, lest the group throw the consumer out
   * @param unansweredFor how long no broker has answered a question for the ends of partitions, of
   *     the instance where it is longest; zero while they answer. A poll that brings nothing does
   *     not tell whether anybody is there
   */
  public record Polling(Duration sinceLast, Duration maxInterval, Duration unansweredFor) {
    /** Refuses null. */
    public Polling {
      requireNonNull(sinceLast, "sinceLast");
      requireNonNull(maxInterval, "maxInterval");
      requireNonNull(unansweredFor, "unansweredFor");
    }
  }

  /**
   * Whether the dead-letter topic takes what it is given.
   *
   * @param notTakenFor how long the dead-letter topic has taken nothing, or null if it does
   * @param notTakenBy the class of the exception that it answered with last, of one of the
   *     instances, or null if it does not
   */
  public record DeadLetters(@Nullable Duration notTakenFor, @Nullable String notTakenBy) {}

  /**
   * How the commits go on.
   *
   * @param sinceLast the time since a commit last succeeded, of the instance where it is longest
   *     ago, or null if one has not committed anything yet; where nothing is done, nothing is
   *     committed
   * @param failures commits that failed in a row, of the instance where it is most
   */
  public record Commits(@Nullable Duration sinceLast, int failures) {}

  /**
   * What is wrong with the topics that are read.
   *
   * @param compacted topics that are compacted while the writer drops duplicates: see {@link
   *     dev.sluice.model.Duplicates#REAPPLY}
   * @param missing topics that are to be read by name and did not exist when last looked for, every
   *     {@code lagInterval}
   */
  public record Topics(Set<String> compacted, Set<String> missing) {
    /** Copies what it is given. */
    public Topics {
      compacted = Set.copyOf(compacted);
      missing = Set.copyOf(missing);
    }
  }

  /**
   * One partition.
   *
   * @param committed the committed offset, or null while it is not known
   * @param position the offset that is read next, or null while it is not known
   * @param unknownFor how long it has been owned without its committed offset being found out; zero
   *     once it is, or it is known that there is none
   * @param span how far reading is ahead of the offset that could be committed
   * @param lag end offset minus committed offset, or null while it is not known
   * @param open the records received that have not ended
   * @param pausedFor why it is paused; empty if it is not
   * @param unreadable what cannot be read, if that keeps the partition from being read on, or null
   */
  public record Partition(
      @Nullable Long committed,
      @Nullable Long position,
      Duration unknownFor,
      long span,
      @Nullable Long lag,
      Open open,
      Set<PauseReason> pausedFor,
      @Nullable Unreadable unreadable) {
    /** Copies the reasons. */
    public Partition {
      requireNonNull(unknownFor, "unknownFor");
      requireNonNull(open, "open");
      pausedFor =
          pausedFor.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(pausedFor));
    }
  }

  /**
   * A record that the Kafka client cannot read, twice at least: its batch is damaged.
   *
   * @param offset where it, or its batch, begins
   * @param since how long that has been so
   * @param exception the class of what the client throws
   */
  public record Unreadable(long offset, Duration since, String exception) {
    /** Refuses null. */
    public Unreadable {
      requireNonNull(since, "since");
      requireNonNull(exception, "exception");
    }

    /** {@return what to do about it} */
    public static String remedy() {
      return "Let another replica lead the partition. If none has the data whole, it is lost: close"
          + " all consumers of the group, move the committed offset past it"
          + " (kafka-consumer-groups --reset-offsets), and start them again.";
    }
  }

  /**
   * The records of a partition that were received and have not ended.
   *
   * @param records how many
   * @param bytes the bytes of their keys, values and headers
   * @param oldestAge the age of the oldest of them, since it was received, but for the pauses by
   *     the operator that are over and kept it waiting; zero if there is none
   * @param stuckFor how long the oldest record that was begun has been in work, or, if that is
   *     longer, none has ended, but for those pauses; zero if there is none. What waits for its
   *     turn while others end is not stuck, however long the way
   */
  public record Open(int records, long bytes, Duration oldestAge, Duration stuckFor) {
    /** Refuses null. */
    public Open {
      requireNonNull(oldestAge, "oldestAge");
      requireNonNull(stuckFor, "stuckFor");
    }
  }

  /** Copies what it is given. */
  public ConsumerHealth {
    requireNonNull(state, "state");
    requireNonNull(polling, "polling");
    requireNonNull(maxRecordAge, "maxRecordAge");
    requireNonNull(oldestFormerAge, "oldestFormerAge");
    requireNonNull(deadLetters, "deadLetters");
    requireNonNull(commits, "commits");
    requireNonNull(topics, "topics");
    partitions = Map.copyOf(partitions);
  }

  /**
   * Whether all is well, for a liveness or readiness check: the consumer runs or is paused by its
   * operator; every instance has polled within half of {@code max.poll.interval.ms} without an
   * exception; brokers have not left questions unanswered for more than a minute; every topic that
   * is read by name exists; every partition owned can be read; and, unless it is paused, nothing is
   * stuck for longer than {@code maxRecordAge}, those of partitions that moved away included, and
   * no partition is owned for as long without its committed offset being known. So a dead-letter
   * topic that takes nothing, a table that does not answer and a mapper that hangs show after that
   * time; {@link #problems()} says which.
   *
   * @return whether {@link #problems()} is empty
   */
  public boolean isHealthy() {
    return problems().isEmpty();
  }

  /**
   * {@return what is not as {@link #isHealthy()} asks, in one sentence each, for a person to read}
   */
  public List<String> problems() {
    return HealthRule.problems(this);
  }
}
