package dev.sluice.kafka.poll;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Finds out the ids of topics. */
@FunctionalInterface
public interface TopicIds {
  /**
   * Asks, without blocking.
   *
   * @param topics names of topics
   * @return what is known of them
   */
  CompletionStage<Answer> of(Set<String> topics);

  /** Ends what is still being asked; nothing is asked after it. */
  default void close() {}

  /**
   * What is known of some topics; those of which there is no answer this time are in neither.
   *
   * @param ids the ids by name
   * @param refused those that may not be asked about
   */
  record Answer(Map<String, TopicId> ids, Set<String> refused) {
    /** Copies what it is given. */
    public Answer {
      ids = Map.copyOf(ids);
      refused = Set.copyOf(refused);
    }
  }
}
