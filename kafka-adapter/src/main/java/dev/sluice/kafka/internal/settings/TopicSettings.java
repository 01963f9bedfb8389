package dev.sluice.kafka.internal.settings;

import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Knows how topics are set up. */
@FunctionalInterface
public interface TopicSettings {
  /**
   * Asks, without blocking.
   *
   * @param topic the name of a topic
   * @return its settings by name, defaults included; fails where they are not told
   */
  CompletionStage<Map<String, String>> of(String topic);

  /** Ends what is still being asked; nothing is asked after it. */
  default void close() {}
}
