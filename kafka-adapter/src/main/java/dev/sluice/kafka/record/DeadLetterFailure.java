package dev.sluice.kafka.record;

/** What to do when the dead-letter topic does not take a record. */
public enum DeadLetterFailure {
  /**
   * Pause the partitions whose records it does not take, try again for as long as it takes, and say
   * so in {@linkplain ConsumerHealth health} and metrics. Other partitions go on.
   */
  PAUSE,
  /**
   * Stop the consumer with the reason: at once if it will not pass by itself (the record is too
   * large, access is denied), else when the topic has taken nothing for two minutes.
   */
  STOP
}
