package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.internal.admin.TopicIds;
import dev.sluice.kafka.internal.partition.Assignments;
import dev.sluice.kafka.internal.partition.PartitionEpoch;
import dev.sluice.kafka.internal.partition.PartitionOffsets;
import dev.sluice.kafka.internal.partition.TopicId;
import dev.sluice.kafka.internal.partition.TopicIdentity;
import dev.sluice.kafka.internal.settings.ResetPolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that a topic was deleted and created again: offsets of the former one say nothing of the
 * new one, which begins by {@code auto.offset.reset}. The brokers are asked for the topic's id when
 * a partition is assigned or goes back, and every now and then. Only the polling thread calls it.
 */
final class RecreatedTopics {
  private static final Logger log = LoggerFactory.getLogger(RecreatedTopics.class);

  /** A partition whose offsets may be another topic's waits so long for an answer. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  /** From a question that got no answer to the next. */
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final Consumer<byte[], byte[]> consumer;
  private final Assignments assignments;
  private final PollMailbox mailbox;
  private final FatalFailure fatal;
  private final TopicIds ids;
  private final ResetPolicy policy;
  private final InstantSource clock;
  private final Duration interval;
  private final Set<String> untold = new HashSet<>();
  private Instant due = Instant.MIN;

  /** While a question is under way, when it is taken for lost. */
  private @Nullable Instant lostAt;

  RecreatedTopics(
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
    this.interval = wiring.pipeline().options().lagInterval();
  }

  /** Asks, if a partition is new or it is time. */
  void lookIfDue() {
    List<PartitionEpoch> owned = assignments.all();
    Instant now = clock.instant();
    boolean isNew = false;
    for (PartitionEpoch partition : owned) {
      TopicIdentity identity = partition.offsets.identity;
      isNew |= !identity.asked;
      if (identity.interrupter == null) {
        identity.interrupter = now.plus(PATIENCE);
      } else if (!identity.isTrusted() && !now.isBefore(identity.interrupter)) {
        goOnWithout(partition);
      }
    }
    boolean asking = lostAt != null && now.isBefore(lostAt);
    if (!owned.isEmpty() && !asking && (isNew || !now.isBefore(due))) {
      ask(owned, now);
    }
  }

  private void ask(List<PartitionEpoch> owned, Instant now) {
    lostAt = now.plus(PATIENCE.multipliedBy(2));
    due = now.plus(interval);
    Set<String> topics = new HashSet<>();
    for (PartitionEpoch partition : owned) {
      topics.add(partition.id.topic());
      partition.offsets.identity.asked = true;
    }
    try {
      var unused =
          ids.of(topics)
              .whenComplete(
                  (answer, failure) -> mailbox.execute(() -> answered(owned, answer, failure)));
    } catch (RuntimeException e) {
      answered(owned, null, e);
    }
  }

  private void answered(
      List<PartitionEpoch> asked, TopicIds.@Nullable Answer answer, @Nullable Throwable failure) {
    lostAt = null;
    if (answer == null) {
      log.debug("The ids of the topics are not known", failure);
      askAgainSoon();
      return;
    }
    for (PartitionEpoch partition : asked) {
      TopicId id = answer.ids().get(partition.id.topic());
      if (id != null) {
        partition.offsets.identity.see(id);
        compareIfOwned(partition);
      } else if (answer.denied().contains(partition.id.topic())) {
        goOnWithout(partition);
      } else {
        askAgainSoon();
      }
    }
  }

  private void askAgainSoon() {
    due = clock.instant().plus(AGAIN.compareTo(interval) < 0 ? AGAIN : interval);
  }

  private void goOnWithout(PartitionEpoch partition) {
    partition.offsets.identity.trust();
    if (untold.add(partition.id.topic())) {
      log.warn(
          "The id of topic {} is not known: grant Describe on it, or see that a broker answers. Should it be deleted and created again, its first records may be skipped",
          partition.id.topic());
    }
  }

  private void compareIfOwned(PartitionEpoch partition) {
    try {
      compare(partition);
    } catch (IllegalStateException e) {
      log.debug("{} was taken away meanwhile", partition.id, e);
    }
  }

  /** Compares what the offsets belong to with what the brokers said, once both are known. */
  void compare(PartitionEpoch partition) {
    PartitionOffsets offsets = partition.offsets;
    if (!assignments.owns(partition) || !offsets.lookedUp) {
      return;
    }
    if (offsets.identity.replacement() == null) {
      offsets.identity.settle();
      return;
    }
    log.warn(
        "Topic {} was deleted and created again: {} was read up to {} of the former one, and begins by auto.offset.reset ({})",
        partition.id.topic(),
        partition.id,
        offsets.tracker.position(),
        policy);
    switch (policy) {
      case NONE -> fatal.raise(new NoOffsetForPartitionException(partition.id));
      case EARLIEST -> {
        beginAnew(partition);
        consumer.seekToBeginning(List.of(partition.id));
      }
      case LATEST -> {
        if (offsets.identity.isTrusted()) {
          // Records of the new topic may hold claims by now: they are not skipped.
          offsets.identity.settle();
        } else {
          beginAnew(partition);
          consumer.seekToEnd(List.of(partition.id));
        }
      }
    }
  }

  private void beginAnew(PartitionEpoch partition) {
    PartitionEpoch next = assignments.restart(partition);
    next.offsets.wentBack();
    next.offsets.lookedUp = false;
    next.offsets.beginsAnew = true;
    next.offsets.identity.settle();
    next.offsets.identity.asked = true;
  }
}
