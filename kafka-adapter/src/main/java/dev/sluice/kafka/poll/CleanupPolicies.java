package dev.sluice.kafka.poll;

import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Knows which topics are compacted. */
@FunctionalInterface
public interface CleanupPolicies {
  /**
   * Asks, without blocking.
   *
   * @param topics names of topics
   * @return those of them that are compacted; fails where that may not be known
   */
  CompletionStage<Set<String>> compacted(Set<String> topics);
}
