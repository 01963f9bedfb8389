package dev.sluice.benchmarks.pipeline;

import java.util.concurrent.TimeUnit;

/**
 * What a pipeline did for a while.
 *
 * @param events records whose effects became durable
 * @param wallNanos how long
 * @param cpuNanos of the pipeline's process
 * @param compilerMillis for which the JIT compiler was at work
 * @param allocatedBytes by its Java threads
 * @param p50Micros from poll to durable, median
 * @param p99Micros from poll to durable, of one in a hundred or more
 */
record Slice(
    long events,
    long wallNanos,
    long cpuNanos,
    long compilerMillis,
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

  /** {@return for which share of the time the JIT compiler was at work: little, if all is warm} */
  double compiling() {
    return compilerMillis * 1e6 / wallNanos;
  }

  double cores() {
    return cpuNanos / (double) wallNanos;
  }
}
