package dev.sluice.benchmarks.pipeline;

import java.util.concurrent.TimeUnit;

/**
 * What a pipeline did for a while.
 *
 * @param events records whose effects became durable
 * @param wallNanos how long
 * @param cpuNanos of the pipeline's process
 * @param allocatedBytes by its Java threads
 * @param p50Micros from poll to durable, median
 * @param p99Micros from poll to durable, of one in a hundred or more
 */
record Slice(
    long events,
    long wallNanos,
    long cpuNanos,
    long allocatedBytes,
    long p50Micros,
    long p99Micros) {

  double eventsPerSecond() {
    return events * (double) TimeUnit.SECONDS.toNanos(1) / wallNanos;
  }

  double cpuMicrosPerEvent() {
    return cpuNanos / 1e3 / events;
  }

  double bytesPerEvent() {
    return allocatedBytes / (double) events;
  }

  double cores() {
    return cpuNanos / (double) wallNanos;
  }
}
