package dev.sluice.kafka.internal.poll;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/** A mock consumer that notes what is asked of it, fails commits on order, and knows gaps. */
final class ScriptedConsumer extends MockConsumer<byte[], byte[]> {
  /** What was committed, in order, as {@code topic-partition@offset}. */
  final List<String> commits = new ArrayList<>();

  /** What was committed last. */
  final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();

  /** Failures of the next commits, in order; an absent one means success. */
  final Queue<KafkaException> commitFailures = new ArrayDeque<>();

  /** Asynchronous commits that wait for the test, if {@link #holdCommits}. */
  final Queue<Runnable> heldCommits = new ArrayDeque<>();

  final Map<TopicPartition, Long> nextPositions = new HashMap<>();

  /** The leader epoch of those. */
  Integer nextEpoch;

  /** Partitions that the consumer does not own any more, though no callback said so. */
  Set<TopicPartition> gone = Set.of();

  /**
   * Partitions that a callback has given up and that count as assigned, and paused, for one poll
   * longer, as under the consumer protocol.
   */
  final Set<TopicPartition> lingering = new HashSet<>();

  /** Partitions of which the next batch is damaged: a poll throws unless they are paused. */
  final Map<TopicPartition, RuntimeException> damaged = new HashMap<>();

  /** What each poll throws, whatever is paused. */
  RuntimeException failure;

  /** Happens when a poll begins; may throw. */
  Runnable whilePolling = () -> {};

  final List<String> seeks = new ArrayList<>();

  boolean holdCommits;

  /** Whether closing tells the listener, as the real one does and the mock does not. */
  boolean revokesOnClose;

  /** Happens while it closes, before the listener is told. */
  Runnable whileClosing = () -> {};

  RuntimeException subscribeFailure;

  final List<Duration> pollTimeouts = new ArrayList<>();

  /** How long each question for the end offsets was ready to wait. */
  final List<Duration> endLookUps = new ArrayList<>();

  RuntimeException endLookUpFailure;

  /** Waits for the ends, if anything does. */
  Consumer<Duration> endLookUp = timeout -> {};

  int lookUps;
  int polls;
  KafkaException lookUpFailure;

  /** It has not found out yet where it reads on. */
  boolean positionUnknown;

  ScriptedConsumer() {
    super("earliest");
  }

  void topic(String name, int partitions) {
    List<PartitionInfo> infos = new ArrayList<>();
    Map<TopicPartition, Long> beginnings = new HashMap<>();
    for (int partition = 0; partition < partitions; partition++) {
      infos.add(new PartitionInfo(name, partition, null, null, null));
      beginnings.put(new TopicPartition(name, partition), 0L);
    }
    updatePartitions(name, infos);
    updateEndOffsets(beginnings);
    updateBeginningOffsets(beginnings);
  }

  @Override
  public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    polls++;
    lingering.clear();
    pollTimeouts.add(timeout);
    whilePolling.run();
    if (failure != null) {
      throw failure;
    }
    for (Map.Entry<TopicPartition, RuntimeException> each : damaged.entrySet()) {
      if (assignment().contains(each.getKey()) && !paused().contains(each.getKey())) {
        throw each.getValue();
      }
    }
    ConsumerRecords<byte[], byte[]> polled = super.poll(timeout);
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new HashMap<>();
    polled.partitions().forEach(id -> records.put(id, polled.records(id)));
    Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>(polled.nextOffsets());
    nextPositions.forEach(
        (id, offset) ->
            next.put(id, new OffsetAndMetadata(offset, Optional.ofNullable(nextEpoch), "")));
    nextPositions.clear();
    return new ConsumerRecords<>(records, next);
  }

  @Override
  public synchronized void seek(TopicPartition partition, long offset) {
    seeks.add(partition + "@" + offset);
    super.seek(partition, offset);
  }

  @Override
  public synchronized void subscribe(
      Collection<String> topics, ConsumerRebalanceListener listener) {
    if (subscribeFailure != null) {
      throw subscribeFailure;
    }
    super.subscribe(topics, listener);
  }

  @Override
  public void close(CloseOptions options) {
    whileClosing.run();
    if (revokesOnClose) {
      rebalance(List.of());
    }
    super.close(options);
  }

  @Override
  public synchronized Set<TopicPartition> assignment() {
    Set<TopicPartition> assigned = new HashSet<>(super.assignment());
    assigned.removeAll(gone);
    assigned.addAll(lingering);
    return assigned;
  }

  @Override
  public synchronized Set<TopicPartition> paused() {
    Set<TopicPartition> paused = new HashSet<>(super.paused());
    paused.addAll(lingering);
    return paused;
  }

  @Override
  public synchronized long position(TopicPartition partition, Duration timeout) {
    if (lookUpFailure != null) {
      throw lookUpFailure;
    }
    return super.position(partition, timeout);
  }

  @Override
  public synchronized OptionalLong currentLag(TopicPartition partition) {
    if (lingering.contains(partition)) {
      // The mock says IllegalArgumentException, the real one this.
      throw new IllegalStateException("not assigned");
    }
    return positionUnknown ? OptionalLong.empty() : super.currentLag(partition);
  }

  @Override
  public synchronized Map<TopicPartition, Long> endOffsets(
      Collection<TopicPartition> partitions, Duration timeout) {
    endLookUps.add(timeout);
    endLookUp.accept(timeout);
    if (endLookUpFailure != null) {
      throw endLookUpFailure;
    }
    return super.endOffsets(partitions, timeout);
  }

  @Override
  public synchronized Map<TopicPartition, OffsetAndMetadata> committed(
      Set<TopicPartition> partitions, Duration timeout) {
    lookUps++;
    if (lookUpFailure != null) {
      throw lookUpFailure;
    }
    return super.committed(partitions, timeout);
  }

  @Override
  public synchronized void commitAsync(
      Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
    Runnable commit =
        () -> {
          KafkaException failure = commitFailures.poll();
          if (failure == null) {
            note(offsets);
            super.commitAsync(offsets, callback);
          } else {
            callback.onComplete(offsets, failure);
          }
        };
    if (holdCommits) {
      heldCommits.add(commit);
    } else {
      commit.run();
    }
  }

  @Override
  public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
    if (Thread.interrupted()) {
      throw new InterruptException("interrupted");
    }
    KafkaException failure = commitFailures.poll();
    if (failure != null) {
      throw failure;
    }
    note(offsets);
    super.commitAsync(offsets, (committed, none) -> {});
  }

  private void note(Map<TopicPartition, OffsetAndMetadata> offsets) {
    committed.putAll(offsets);
    offsets.entrySet().stream()
        .map(entry -> entry.getKey() + "@" + entry.getValue().offset())
        .sorted()
        .forEach(commits::add);
  }
}
