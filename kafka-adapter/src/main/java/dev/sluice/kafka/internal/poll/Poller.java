package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.internal.offsets.OffsetTracker;
import dev.sluice.kafka.internal.partition.Assignments;
import dev.sluice.kafka.internal.partition.PartitionEpoch;
import dev.sluice.kafka.internal.partition.PartitionOffsets;
import dev.sluice.kafka.record.ConsumerMetrics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Polls, and registers what has come. Its time of the last poll may be read by any thread. */
final class Poller {
  /** How long a poll waits while answers may come that make room. */
  static final Duration BUSY_POLL = Duration.ofMillis(5);

  private static final Logger log = LoggerFactory.getLogger(Poller.class);

  /** The longest wait after a failed poll. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Consumer<byte[], byte[]> consumer;
  private final Assignments assignments;
  private final PollMailbox mailbox;
  private final RetryBackoff backoff;
  private final IdleWait idleWait;
  private final InstantSource clock;
  private final ConsumerMetrics metrics;
  private final int instance;
  private final boolean resetSkips;
  private final PositionCheck positionCheck;
  private final UnreadablePartitions unreadable;
  private final long maxPollIntervalNanos;
  private int failures;
  private boolean polledBefore;
  private volatile Instant last;

  Poller(
      Consumer<byte[], byte[]> consumer,
      Assignments assignments,
      Wiring wiring,
      PollMailbox mailbox,
      RetryBackoff backoff,
      PositionCheck positionCheck,
      UnreadablePartitions unreadable) {
    this.consumer = consumer;
    this.assignments = assignments;
    this.mailbox = mailbox;
    this.backoff = backoff;
    this.positionCheck = positionCheck;
    this.unreadable = unreadable;
    this.idleWait = wiring.environment().idleWait();
    this.clock = wiring.environment().clocks().steady();
    this.metrics = wiring.pipeline().metrics();
    this.instance = wiring.instance();
    this.resetSkips = wiring.subscription().resetSkips();
    this.maxPollIntervalNanos = wiring.subscription().maxPollInterval().toNanos();
    this.last = clock.instant();
  }

  /** When a poll last returned, or when there was none, when the loop was made. */
  Instant last() {
    return last;
  }

  void poll(Duration timeout) {
    ConsumerRecords<byte[], byte[]> records;
    try {
      unreadable.retryDue();
      records = consumer.poll(timeout);
    } catch (RuntimeException e) {
      RuntimeException failure = UnreadablePartitions.mayExplain(e) ? find(e) : e;
      if (failure != null) {
        failed(failure);
      }
      return;
    }
    take(records);
  }

  /** Holds what cannot be read; returns why polling may not go on, or null if it may. */
  private @Nullable RuntimeException find(RuntimeException failure) {
    try {
      return unreadable.find(this::take) ? null : failure;
    } catch (RuntimeException other) {
      return other;
    }
  }

  private void failed(RuntimeException failure) {
    if (!(failure instanceof RetriableException) && !KafkaFailures.mends(failure)) {
      throw failure;
    }
    Duration wait = backoff.after(++failures);
    log.warn("A poll failed, failure {}: {}", failures, failure.toString());
    idleWait.await(mailbox, wait.compareTo(RETRY) < 0 ? wait : RETRY);
  }

  private void take(ConsumerRecords<byte[], byte[]> records) {
    failures = 0;
    Instant now = polled();
    unreadable.read(records.partitions());
    Set<TopicPartition> rewound = new HashSet<>();
    for (TopicPartition id : records.partitions()) {
      PartitionEpoch partition = assignments.of(id);
      if (resetSkips) {
        partition.offsets.goesOnAt(records.records(id).get(0).offset());
      }
      long bytes = 0;
      for (ConsumerRecord<byte[], byte[]> raw : records.records(id)) {
        if (!partition.offsets.tracker.accepts(raw.offset())) {
          partition = positionCheck.setBack(partition, raw.offset());
          if (partition.offsets.tracker.position() < raw.offset()) {
            rewound.add(id);
            break;
          }
        }
        bytes += partition.receive(raw, now);
      }
      metrics.received(id, records.records(id).size(), bytes);
    }
    // Beyond the last record there may be offsets that hold none (transaction markers, compaction).
    records
        .nextOffsets()
        .forEach(
            (id, next) -> {
              if (!rewound.contains(id)) {
                PartitionOffsets offsets = assignments.of(id).offsets;
                if (resetSkips && records.records(id).isEmpty()) {
                  offsets.goesOnAt(next.offset());
                }
                offsets.tracker.advanceTo(
                    next.offset(), next.leaderEpoch().orElse(OffsetTracker.NO_EPOCH));
              }
            });
  }

  private Instant polled() {
    Instant now = clock.instant();
    long since = polledBefore ? Duration.between(last, now).toNanos() : 0;
    metrics.polled(instance, since, maxPollIntervalNanos);
    polledBefore = true;
    last = now;
    return now;
  }
}
