package dev.sluice.benchmarks.pipeline;

import dev.sluice.benchmarks.writer.Spread;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What a run of a pipeline showed.
 *
 * @param slices what was measured
 * @param latency of all slices together
 * @param offeredPerSecond at which rate records came, or 0 if all were there
 * @param requests to the tables, by operation, from start to stop
 * @param writeUnits from start to stop
 * @param events from start to stop
 * @param endpointCores how busy the process of the tables was while it settled and was measured
 * @param brokerCores how busy that of the broker was
 * @param check of the tables
 */
record Measurement(
    List<Slice> slices,
    Latency latency,
    double offeredPerSecond,
    Map<String, Long> requests,
    double writeUnits,
    long events,
    double endpointCores,
    double brokerCores,
    Check check) {

  Spread spread(ToDoubleFunction<Slice> value) {
    return Spread.of(slices.stream().mapToDouble(value).boxed().toList());
  }

  Spread throughput() {
    return spread(Slice::eventsPerSecond);
  }

  Spread cpuMicros() {
    return spread(Slice::cpuMicrosPerEvent);
  }

  double requestsPerEvent() {
    return requests.values().stream().mapToLong(Long::longValue).sum() / (double) events;
  }

  double unitsPerEvent() {
    return writeUnits / events;
  }

  /** {@return the most important of it, for who watches} */
  String inALine() {
    return String.format(
        Locale.ROOT,
        "%,.0f events/s, %.1f µs CPU, %.2f requests and %.2f write units an event,"
            + " p50 %.1f ms, p99 %.1f ms, %.2f compiler threads busy; %s",
        throughput().median(),
        cpuMicros().median(),
        requestsPerEvent(),
        unitsPerEvent(),
        latency.p50Millis(),
        latency.p99Millis(),
        spread(Slice::compiling).median(),
        check);
  }
}
