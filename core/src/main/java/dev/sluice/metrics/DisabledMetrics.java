package dev.sluice.metrics;

/** Counts nothing. */
enum DisabledMetrics implements WriterMetrics {
  INSTANCE
}
