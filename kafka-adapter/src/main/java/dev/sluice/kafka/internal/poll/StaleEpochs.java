package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.internal.admin.TopicIds;
import dev.sluice.kafka.internal.partition.Assignments;
import dev.sluice.kafka.internal.partition.PartitionEpoch;
import dev.sluice.kafka.internal.partition.TopicId;
import dev.sluice.kafka.internal.settings.ResetPolicy;
import dev.sluice.model.ConfigurationException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees a partition whose client waits for a leader epoch that its topic will not have for long:
 * the topic was created again, and what is committed of the former one names a later epoch. Such a
 * client finds no position, and only another one can forget the epoch. So what is committed is set
 * to the beginning, and the consumer ends, to be built again. Only the polling thread calls it.
 */
final class StaleEpochs {
  private static final Logger log = LoggerFactory.getLogger(StaleEpochs.class);

  /** A client finds its position sooner, or its coordinator does not answer. */
  static final Duration PATIENCE = Duration.ofSeconds(15);

  private static final Duration COMMIT = Duration.ofSeconds(1);

  private final Consumer<byte[], byte[]> consumer;
  private final Assignments assignments;
  private final PollMailbox mailbox;
  private final FatalFailure fatal;
  private final TopicIds ids;
  private final ResetPolicy policy;
  private final InstantSource clock;
  private final Set<TopicPartition> said = new HashSet<>();
  private Instant due;

  StaleEpochs(
      Consumer<byte[], byte[]> consumer,
      Assignments assignments,
      Wiring wiring,
      PollMailbox mailbox,
      FatalFailure fatal) {
    this.consumer = consumer;
    this.assignments = assignments;
    this.mailbox = mailbox;
    this.fatal = fatal;
    this.ids = wiring.shared().topicIds();
    this.policy = wiring.subscription().resetPolicy();
    this.clock = wiring.environment().clocks().steady();
    this.due = clock.instant();
  }

  /**
   * Asks what is committed of the partitions that have had no position for long; not through the
   * client, which may lose its own question by it (KAFKA-20765).
   */
  void lookIfDue() {
    Instant now = clock.instant();
    if (now.isBefore(due)) {
      return;
    }
    Set<TopicPartition> waiting = new HashSet<>();
    for (PartitionEpoch partition : assignments.all()) {
      Instant since = partition.offsets.unknownSince();
      if (since != null && !now.isBefore(since.plus(PATIENCE))) {
        waiting.add(partition.id);
      }
    }
    if (waiting.isEmpty()) {
      return;
    }
    due = now.plus(PATIENCE);
    try {
      var unused =
          ids.committed(waiting)
              .whenComplete(
                  (found, failure) -> mailbox.execute(() -> answered(waiting, found, failure)));
    } catch (RuntimeException e) {
      answered(waiting, null, e);
    }
  }

  private void answered(
      Set<TopicPartition> asked,
      @Nullable Map<TopicPartition, OffsetAndMetadata> found,
      @Nullable Throwable failure) {
    if (found == null) {
      log.debug("What is committed is not known", failure);
      return;
    }
    for (PartitionEpoch partition : List.copyOf(assignments.these(asked))) {
      OffsetAndMetadata committed = found.get(partition.id);
      TopicId now = partition.offsets.identity.seen();
      if (committed != null
          && now != null
          && committed.leaderEpoch().isPresent()
          && partition.offsets.unknownSince() != null) {
        look(partition.id, committed, now);
      }
    }
  }

  private void look(TopicPartition id, OffsetAndMetadata committed, TopicId now) {
    TopicId named = TopicId.of(committed.metadata());
    if (named == null || !named.wasReplacedBy(now)) {
      if (said.add(id)) {
        log.warn(
            "The client has had no position in {} for {}. It may wait for leader epoch {}, at which"
                + " offset {} was committed, and which the brokers may not have: after a restore, or"
                + " where offsets were copied from another cluster. If so, stop the group and"
                + " set its offset without an epoch (kafka-consumer-groups --reset-offsets)",
            id,
            PATIENCE,
            committed.leaderEpoch().get(),
            committed.offset());
      }
      return;
    }
    if (policy == ResetPolicy.NONE) {
      fatal.raise(new NoOffsetForPartitionException(id));
      return;
    }
    try {
      consumer.commitSync(
          Map.of(id, new OffsetAndMetadata(0, Optional.empty(), now.metadata())), COMMIT);
    } catch (KafkaException e) {
      log.warn("The committed offset of {} could not be set back: {}", id, e.toString());
      return;
    }
    fatal.raise(
        new ConfigurationException(
            "Topic %s was deleted and created again, and the Kafka client waits for leader epoch %d of the former one, at which %s was committed. That is set to the beginning of the new one now: build the consumer again."
                .formatted(id.topic(), committed.leaderEpoch().get(), id)));
  }
}
