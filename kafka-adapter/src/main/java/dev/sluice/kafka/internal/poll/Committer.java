package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.internal.offsets.OffsetTracker;
import dev.sluice.kafka.internal.partition.Assignments;
import dev.sluice.kafka.internal.partition.CompletedRecords;
import dev.sluice.kafka.internal.partition.PartitionEpoch;
import dev.sluice.kafka.internal.partition.PartitionOffsets;
import dev.sluice.kafka.internal.partition.TopicId;
import dev.sluice.kafka.record.ConsumerMetrics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what is done: one asynchronous commit at a time, which counts only when it succeeded.
 *
 * <p>A commit that fails is never urgent, since the next one covers it. Nothing rests on commits
 * but how much is delivered again: the broker does not fence them by partition.
 */
final class Committer {
  private static final Logger log = LoggerFactory.getLogger(Committer.class);

  /** The client answers every commit sooner; should it not, the next one goes out all the same. */
  private static final Duration GIVEN_UP = Duration.ofMinutes(2);

  private record Entry(
      PartitionEpoch partition, long offset, int leaderEpoch, @Nullable TopicId topic) {
    OffsetAndMetadata offset(boolean withTopic) {
      return new OffsetAndMetadata(
          offset,
          leaderEpoch == OffsetTracker.NO_EPOCH ? Optional.empty() : Optional.of(leaderEpoch),
          topic == null || !withTopic ? "" : topic.metadata());
    }
  }

  /** An immutable value, computed at one moment. */
  private static final class Commit {
    final List<Entry> entries;
    final Instant since;

    Commit(List<Entry> entries, Instant since) {
      this.entries = List.copyOf(entries);
      this.since = since;
    }

    Map<TopicPartition, OffsetAndMetadata> offsets(boolean withTopics) {
      Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
      entries.forEach(e -> offsets.put(e.partition().id, e.offset(withTopics)));
      return offsets;
    }

    void succeeded() {
      entries.forEach(e -> e.partition().offsets.committed(e.offset(), e.leaderEpoch(), e.topic()));
    }
  }

  private final Consumer<byte[], byte[]> consumer;
  private final Assignments assignments;
  private final Duration interval;
  private final RetryBackoff backoff;
  private final InstantSource clock;
  private final FatalFailure fatal;
  private final ConsumerMetrics metrics;
  private final CompletedRecords completed;
  private final int commitRecords;
  private long endsAtLast;
  private int failuresInARow;
  private boolean rebalancing;
  private boolean withTopics = true;
  private @Nullable Instant lastSuccess;
  private @Nullable Commit inFlight;
  private Instant due;
  private Instant notBefore;

  Committer(
      Consumer<byte[], byte[]> consumer,
      Assignments assignments,
      Wiring wiring,
      RetryBackoff backoff,
      FatalFailure fatal,
      CompletedRecords completed) {
    this.consumer = consumer;
    this.assignments = assignments;
    this.interval = wiring.pipeline().options().commitInterval();
    this.backoff = backoff;
    this.clock = wiring.environment().clocks().steady();
    this.fatal = fatal;
    this.metrics = wiring.pipeline().metrics();
    this.completed = completed;
    this.commitRecords = wiring.pipeline().options().commitRecords();
    this.notBefore = clock.instant();
    this.due = notBefore.plus(interval);
  }

  /** When a commit last succeeded, or null. */
  @Nullable Instant lastSuccess() {
    return lastSuccess;
  }

  /** How many commits have failed since. */
  int failuresInARow() {
    return failuresInARow;
  }

  /**
   * Starts a commit if its time has come, or enough records are done, or something waits for one.
   */
  void commitIfDue() {
    Instant now = clock.instant();
    if (now.isBefore(notBefore)
        || (inFlight != null && now.isBefore(inFlight.since.plus(GIVEN_UP)))) {
      return;
    }
    List<PartitionEpoch> owned = assignments.all();
    boolean awaited = owned.stream().anyMatch(each -> each.offsets.awaitsCommit());
    if (awaited || !now.isBefore(due) || completed.count() - endsAtLast >= commitRecords) {
      due = now.plus(interval);
      endsAtLast = completed.count();
      start(commitOf(owned, now));
    }
  }

  private void start(Commit commit) {
    if (commit.entries.isEmpty()) {
      return;
    }
    inFlight = commit;
    try {
      consumer.commitAsync(
          commit.offsets(withTopics), (offsets, failure) -> ended(commit, failure));
    } catch (KafkaException e) {
      ended(commit, e);
    }
  }

  private void ended(Commit commit, @Nullable Exception failure) {
    if (inFlight == commit) {
      inFlight = null;
    }
    if (failure == null) {
      succeeded(commit);
    } else {
      failed(failure);
    }
  }

  /**
   * Commits what is done on these partitions and waits for it.
   *
   * @return whether nothing done is left uncommitted
   */
  boolean commitNow(Collection<PartitionEpoch> partitions, Duration timeout) {
    Commit commit = commitOf(partitions, clock.instant());
    if (commit.entries.isEmpty()) {
      return true;
    }
    try {
      consumer.commitSync(commit.offsets(withTopics), timeout);
      succeeded(commit);
      return true;
    } catch (KafkaException e) {
      failed(e);
      return false;
    }
  }

  /** {@return whether the last commit failed because the group rebalances: polls end that} */
  boolean waitsForRebalance() {
    return rebalancing;
  }

  private void succeeded(Commit commit) {
    commit.succeeded();
    failuresInARow = 0;
    rebalancing = false;
    lastSuccess = clock.instant();
    metrics.committed(commit.entries.size(), Duration.between(commit.since, lastSuccess).toNanos());
  }

  private void failed(Exception failure) {
    failuresInARow++;
    rebalancing = failure instanceof RebalanceInProgressException;
    metrics.commitFailed(failure.getClass().getName());
    Duration wait = backoff.after(failuresInARow);
    notBefore = clock.instant().plus(wait.compareTo(interval) < 0 ? wait : interval);
    due = notBefore;
    if (failure instanceof OffsetMetadataTooLarge && withTopics) {
      withTopics = false;
      log.warn(
          "The broker takes no topic ids in what is committed (offset.metadata.max.bytes): they are left out, and a topic that is deleted and created again while the consumer is down is not noticed");
    } else if (failure instanceof RetriableException || KafkaFailures.mends(failure)) {
      log.warn("A commit failed, the next one covers it: {}", failure.toString());
    } else {
      fatal.raise(failure);
    }
  }

  private Commit commitOf(Collection<PartitionEpoch> partitions, Instant now) {
    List<Entry> entries = new ArrayList<>();
    for (PartitionEpoch partition : partitions) {
      if (assignments.owns(partition) && partition.offsets.dirty() != OffsetTracker.UNKNOWN) {
        entries.add(entryOf(partition));
      }
    }
    return new Commit(entries, now);
  }

  private static Entry entryOf(PartitionEpoch partition) {
    PartitionOffsets offsets = partition.offsets;
    return new Entry(
        partition, offsets.dirty(), offsets.tracker.committableEpoch(), offsets.identity.topic());
  }
}
