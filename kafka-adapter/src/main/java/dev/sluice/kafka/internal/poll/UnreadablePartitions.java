package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.record.ConsumerHealth;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Holds partitions whose next record cannot be read, since its batch is damaged, so that the others
 * go on. The client throws at each poll then, and no exception of it names the partition: it is
 * found by polling the partitions one by one. What is held is tried again after a delay, in case
 * another replica has the batch whole.
 */
final class UnreadablePartitions {
  private static final Logger log = LoggerFactory.getLogger(UnreadablePartitions.class);

  /** Failed polls in a row for which no partition was found, before the failure counts. */
  private static final int UNEXPLAINED = 3;

  private static final Duration FIRST_DELAY = Duration.ofSeconds(1);

  /** One that is held. */
  private static final class Held {
    final long offset;
    final Instant since;
    final String exception;
    int failures;
    Instant next = Instant.MAX;

    /** Whether it has been let go, until it is known whether it can be read. */
    boolean retrying;

    Held(long offset, Instant since, String exception) {
      this.offset = offset;
      this.since = since;
      this.exception = exception;
    }
  }

  private final Consumer<byte[], byte[]> consumer;
  private final InstantSource clock;
  private final RetryBackoff backoff;
  private final Map<TopicPartition, Held> held = new HashMap<>();
  private int unexplained;
  private String lastException = "";

  UnreadablePartitions(
      Consumer<byte[], byte[]> consumer, InstantSource clock, RetryBackoff backoff) {
    this.consumer = consumer;
    this.clock = clock;
    this.backoff = backoff;
  }

  /** {@return whether the partition is not to be read now} */
  boolean isHeld(TopicPartition id) {
    Held one = held.get(id);
    return one != null && !one.retrying;
  }

  /** {@return what is known of a partition that is held, or null} */
  LoopSnapshot.@Nullable Unreadable of(TopicPartition id) {
    Held one = held.get(id);
    return one == null || one.failures < 2
        ? null
        : new LoopSnapshot.Unreadable(one.offset, one.since, one.exception);
  }

  /** Whether a partition's data may be why a poll failed. */
  static boolean mayExplain(RuntimeException failure) {
    return failure.getClass() == KafkaException.class
        || failure instanceof SerializationException
        || failure instanceof InvalidRecordException
        || failure instanceof UncheckedIOException
        || failure instanceof BufferUnderflowException;
  }

  /**
   * Finds the partitions because of which a poll has failed, and holds them.
   *
   * @param taker takes what the others bring meanwhile
   * @return whether polling may go on; if not, no partition explains the failure
   */
  boolean find(java.util.function.Consumer<ConsumerRecords<byte[], byte[]>> taker) {
    List<TopicPartition> suspects = new ArrayList<>(consumer.assignment());
    suspects.removeAll(consumer.paused());
    PartitionPauses.apply(consumer, suspects, List.of());
    boolean found = false;
    try {
      if (!polls(taker)) {
        return false;
      }
      for (TopicPartition suspect : suspects) {
        if (consumer.assignment().contains(suspect)) {
          found |= isFound(suspect, taker);
        }
      }
    } finally {
      suspects.removeIf(each -> isHeld(each) || !consumer.assignment().contains(each));
      PartitionPauses.apply(consumer, List.of(), suspects);
    }
    unexplained = found ? 0 : unexplained + 1;
    return unexplained < UNEXPLAINED;
  }

  private boolean isFound(
      TopicPartition suspect, java.util.function.Consumer<ConsumerRecords<byte[], byte[]>> taker) {
    PartitionPauses.apply(consumer, List.of(), Set.of(suspect));
    boolean readable = polls(taker);
    if (consumer.assignment().contains(suspect)) {
      PartitionPauses.apply(consumer, Set.of(suspect), List.of());
      if (!readable) {
        hold(suspect);
      }
    }
    return !readable;
  }

  private boolean polls(java.util.function.Consumer<ConsumerRecords<byte[], byte[]>> taker) {
    try {
      taker.accept(consumer.poll(Duration.ZERO));
      return true;
    } catch (RuntimeException e) {
      if (!mayExplain(e)) {
        throw e;
      }
      Throwable cause = e.getCause();
      lastException = (cause == null ? e : cause).getClass().getName();
      return false;
    }
  }

  private void hold(TopicPartition id) {
    long offset = consumer.position(id, Duration.ofMillis(500));
    Instant now = clock.instant();
    Held one = held.get(id);
    if (one == null || one.offset != offset) {
      one = new Held(offset, now, lastException);
      held.put(id, one);
    }
    one.failures++;
    one.retrying = false;
    Duration delay = backoff.after(one.failures);
    one.next = now.plus(delay.compareTo(FIRST_DELAY) < 0 ? FIRST_DELAY : delay);
    log.atLevel(one.failures <= 2 ? Level.ERROR : Level.DEBUG)
        .log(
            "{} cannot be read at offset {} ({}, failure {}): its data is damaged on the broker that leads it, or on the way. It is held and tried again; the other partitions go on. {}",
            id,
            offset,
            one.exception,
            one.failures,
            ConsumerHealth.Unreadable.remedy());
  }

  /** Lets those be read again whose delay is over. The client fetches their data anew. */
  void retryDue() {
    if (held.isEmpty()) {
      return;
    }
    held.keySet().retainAll(consumer.assignment());
    // Beyond it without a record: what was damaged has been deleted.
    held.entrySet().removeIf(each -> each.getValue().retrying && isBeyond(each));
    Instant now = clock.instant();
    for (Map.Entry<TopicPartition, Held> each : held.entrySet()) {
      Held one = each.getValue();
      if (!one.retrying && !one.next.isAfter(now)) {
        one.retrying = true;
        fetchAnew(each.getKey(), one.offset);
      }
    }
  }

  private boolean isBeyond(Map.Entry<TopicPartition, Held> each) {
    try {
      return consumer.position(each.getKey(), Duration.ZERO) > each.getValue().offset;
    } catch (TimeoutException e) {
      // It is being found out, which takes as long as it takes.
      return false;
    }
  }

  /**
   * The client keeps what it has fetched, damaged as it is, for as long as it is at the same
   * offset. At another one it drops that; what it reads meanwhile is read again.
   */
  private void fetchAnew(TopicPartition id, long offset) {
    List<TopicPartition> others = new ArrayList<>(consumer.assignment());
    others.removeAll(consumer.paused());
    PartitionPauses.apply(consumer, others, Set.of(id));
    try {
      consumer.seek(id, offset + 1);
      ConsumerRecords<byte[], byte[]> read = consumer.poll(Duration.ZERO);
      // Of partitions that were assigned just now.
      read.partitions().forEach(each -> consumer.seek(each, read.records(each).get(0).offset()));
    } catch (RuntimeException e) {
      if (!mayExplain(e)) {
        throw e;
      }
    } finally {
      if (consumer.assignment().contains(id)) {
        consumer.seek(id, offset);
      }
      others.removeIf(each -> !consumer.assignment().contains(each));
      PartitionPauses.apply(consumer, List.of(), others);
    }
  }

  /** Partitions have been read, and so beyond what was damaged. */
  void read(Set<TopicPartition> ids) {
    if (!held.isEmpty()) {
      held.keySet().removeAll(ids);
    }
  }
}
