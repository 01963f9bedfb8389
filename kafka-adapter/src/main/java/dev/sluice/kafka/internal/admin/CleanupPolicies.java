package dev.sluice.kafka.internal.admin;

import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Knows which topics are compacted. */
@FunctionalInterface
public interface CleanupPolicies {
  /**
   * Asks, without blocking.
   *
   * @param topics names of topics
   * @return what is known of them; fails where that may not be known
   */
  CompletionStage<Answer> compacted(Set<String> topics);

  /** Ends what is still being asked; nothing is asked after it. */
  default void close() {}

  /**
   * What is known of some topics.
   *
   * @param compacted those that are compacted
   * @param unanswered those about which there was no answer this time, but may be another time
   */
  record Answer(Set<String> compacted, Set<String> unanswered) {
    /** Copies what it is given. */
    public Answer {
      compacted = Set.copyOf(compacted);
      unanswered = Set.copyOf(unanswered);
    }
  }
}
