package dev.sluice.benchmarks.pipeline;

import org.HdrHistogram.Histogram;

/**
 * How long records took from poll to durable.
 *
 * @param records how many
 * @param p50Micros the median
 * @param p99Micros of one in a hundred or more
 */
record Latency(long records, long p50Micros, long p99Micros) {
  private static final double MEDIAN = 50;
  private static final double ONE_IN_A_HUNDRED = 99;

  static Latency of(Histogram micros) {
    return new Latency(
        micros.getTotalCount(),
        micros.getValueAtPercentile(MEDIAN),
        micros.getValueAtPercentile(ONE_IN_A_HUNDRED));
  }

  double p50Millis() {
    return p50Micros / 1e3;
  }

  double p99Millis() {
    return p99Micros / 1e3;
  }
}
