package dev.sluice.kafka.record;

/** Counts nothing. */
enum DisabledMetrics implements ConsumerMetrics {
  INSTANCE
}
