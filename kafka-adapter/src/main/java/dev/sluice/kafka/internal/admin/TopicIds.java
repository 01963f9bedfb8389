package dev.sluice.kafka.internal.admin;

import dev.sluice.kafka.internal.partition.TopicId;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Finds out which topics there are: their ids, and what is committed of them. */
@FunctionalInterface
public interface TopicIds {
  /**
   * Asks, without blocking.
   *
   * @param topics names of topics
   * @return what is known of them
   */
  CompletionStage<Answer> of(Set<String> topics);

  /**
   * Asks, without blocking and beside the consumer, what is committed.
   *
   * @param partitions of which
   * @return what the group has committed of them; nothing, where that is not asked
   */
  default CompletionStage<Map<TopicPartition, OffsetAndMetadata>> committed(
      Set<TopicPartition> partitions) {
    return CompletableFuture.completedFuture(Map.of());
  }

  /**
   * Asks, without blocking and beside the consumer, where partitions end: behind open transactions,
   * too. A partition that does not answer hides no other.
   *
   * @param partitions of which
   * @return the ends of those that have answered; null where the consumer is to be asked instead
   */
  default @Nullable CompletionStage<Map<TopicPartition, Long>> ends(
      Set<TopicPartition> partitions) {
    return null;
  }

  /** Ends what is still being asked; nothing is asked after it. */
  default void close() {}

  /**
   * What is known of some topics; those of which there is no answer this time are in neither.
   *
   * @param ids the ids by name
   * @param denied those that may not be asked about
   */
  record Answer(Map<String, TopicId> ids, Set<String> denied) {
    /** Copies what it is given. */
    public Answer {
      ids = Map.copyOf(ids);
      denied = Set.copyOf(denied);
    }
  }
}
