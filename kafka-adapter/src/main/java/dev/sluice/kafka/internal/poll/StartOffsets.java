package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.internal.offsets.OffsetTracker;
import dev.sluice.kafka.internal.partition.Assignments;
import dev.sluice.kafka.internal.partition.PartitionEpoch;
import dev.sluice.kafka.internal.partition.PartitionOffsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out where newly assigned partitions stand. One that has no committed offset gets one, its
 * starting position, before anything of it is dispatched: after an early crash {@code
 * auto.offset.reset} could otherwise skip a record that holds a claim.
 */
final class StartOffsets {
  private static final Logger log = LoggerFactory.getLogger(StartOffsets.class);

  /** The loop must not stand still for long: what gets no answer in time is asked again. */
  private static final Duration ASK = Duration.ofSeconds(1);

  /** How often the client is asked for what it does not know yet. */
  private static final Duration LOOK = Duration.ofMillis(100);

  private final Consumer<byte[], byte[]> consumer;
  private final Assignments assignments;
  private final InstantSource clock;
  private final Duration timeout;
  private final boolean resetSkips;
  private final RecreatedTopics recreatedTopics;

  StartOffsets(
      Consumer<byte[], byte[]> consumer,
      Assignments assignments,
      Wiring wiring,
      RecreatedTopics recreatedTopics) {
    this.consumer = consumer;
    this.assignments = assignments;
    this.recreatedTopics = recreatedTopics;
    this.clock = wiring.environment().clocks().steady();
    this.resetSkips = wiring.subscription().resetSkips();
    Duration most = wiring.pipeline().options().commitTimeout();
    this.timeout = most.compareTo(ASK) < 0 ? most : ASK;
  }

  /** Asks for the offsets that are not known yet. */
  void lookUp() {
    List<PartitionEpoch> unknown =
        assignments.all().stream().filter(partition -> !partition.offsets.lookedUp).toList();
    if (unknown.isEmpty()) {
      return;
    }
    Instant now = clock.instant();
    unknown.forEach(partition -> partition.offsets.unknownSince(now));
    try {
      List<PartitionEpoch> ready = unknown.stream().filter(each -> hasPosition(each, now)).toList();
      if (ready.isEmpty()) {
        return;
      }
      Map<TopicPartition, OffsetAndMetadata> committed = committed(ready);
      for (PartitionEpoch partition : ready) {
        found(partition, committed.get(partition.id));
      }
    } catch (IllegalStateException e) {
      log.debug("A partition was taken away meanwhile", e);
    } catch (KafkaException e) {
      if (!(e instanceof RetriableException) && !KafkaFailures.mends(e)) {
        throw e;
      }
      log.warn("The committed offsets are not known yet, asking again: {}", e.toString());
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> committed(List<PartitionEpoch> partitions) {
    Set<TopicPartition> ids = new HashSet<>();
    for (PartitionEpoch partition : partitions) {
      if (!partition.offsets.beginsAnew) {
        ids.add(partition.id);
      }
    }
    return ids.isEmpty() ? Map.of() : consumer.committed(ids, timeout);
  }

  /**
   * Whether the client has found out by itself where it reads on. Until then nobody else may ask:
   * of two questions for the same partitions a client of the {@code consumer} protocol loses one
   * where the coordinator moves meanwhile (KAFKA-20765, in 4.3), and if that is its own, it never
   * reads them. It has a lag only if it has a position, and says so at once, where a question for
   * the position waits for the coordinator whatever its timeout.
   */
  private boolean hasPosition(PartitionEpoch partition, Instant now) {
    PartitionOffsets offsets = partition.offsets;
    if (offsets.tracker.position() != OffsetTracker.UNKNOWN) {
      return true;
    }
    if (now.isBefore(offsets.nextLook)) {
      return false;
    }
    offsets.nextLook = now.plus(LOOK);
    try {
      return consumer.currentLag(partition.id).isPresent();
    } catch (IllegalStateException e) {
      return false; // It was taken away meanwhile, which concerns no other.
    }
  }

  private void found(PartitionEpoch partition, @Nullable OffsetAndMetadata committed) {
    if (partition.ended()) {
      return;
    }
    PartitionOffsets offsets = partition.offsets;
    if (committed != null) {
      found(partition.id, offsets, committed);
    } else if (offsets.tracker.committable() == OffsetTracker.UNKNOWN) {
      offsets.tracker.advanceTo(consumer.position(partition.id, timeout));
    }
    offsets.lookedUp = true;
    recreatedTopics.compare(partition);
  }

  private void found(TopicPartition id, PartitionOffsets offsets, OffsetAndMetadata committed) {
    offsets.foundCommitted(committed);
    long goesOn = offsets.tracker.committable();
    if (goesOn < committed.offset()) {
      log.warn(
          "{} is committed at {} and goes on at {}: its log was cut, or it was set back",
          id,
          committed.offset(),
          goesOn);
      if (resetSkips) {
        offsets.wentBack();
      }
    } else if (resetSkips) {
      offsets.wentOnFrom(committed.offset());
    }
  }
}
