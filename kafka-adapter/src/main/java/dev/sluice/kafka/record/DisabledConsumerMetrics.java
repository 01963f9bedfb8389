package dev.sluice.kafka.record;

/** Counts nothing. */
enum DisabledConsumerMetrics implements ConsumerMetrics {
  INSTANCE
}
