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
 * @param latency of its records
 */
record Slice(
    long events,
    long wallNanos,
    long cpuNanos,
    long compilerMillis,
    long allocatedBytes,
    Latency latency) {

  double eventsPerSecond() {
    return events * (double) TimeUnit.SECONDS.toNanos(1) / wallNanos;
  }

  double cpuMicrosPerEvent() {
    return cpuNanos / 1e3 / events;
  }

  double bytesPerEvent() {
    return allocatedBytes / (double) events;
  }

  /** {@return how many of the compilers' threads were at work: nearly none, if all is warm} */
  double compiling() {
    return compilerMillis * 1e6 / wallNanos;
  }

  double cores() {
    return cpuNanos / (double) wallNanos;
  }
}
