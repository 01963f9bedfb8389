package dev.sluice.benchmarks.pipeline;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/** What a pipeline tells of itself. Safe for use by several threads. */
final class Probe {
  private static final int DIGITS = 3;

  private final LongAdder durable = new LongAdder();
  private final Recorder micros = new Recorder(DIGITS);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  /**
   * Effects of records are durable.
   *
   * @param records how many
   * @param polledNanos when the poll that brought them had returned, by {@code System.nanoTime}
   */
  void durable(int records, long polledNanos) {
    durableAfter(records, System.nanoTime() - polledNanos);
  }

  /** Effects of records are durable, so long after the poll that brought them. */
  void durableAfter(int records, long nanos) {
    durable.add(records);
    micros.recordValueWithCount(TimeUnit.NANOSECONDS.toMicros(nanos), records);
  }

  void failed(Throwable thrown) {
    failure.compareAndSet(null, thrown);
  }

  long count() {
    return durable.sum();
  }

  /** {@return the latencies since the last call} */
  Histogram takeLatencies() {
    return micros.getIntervalHistogram();
  }

  /** Throws what the pipeline failed by, if it did. */
  void check() {
    Throwable thrown = failure.get();
    if (thrown != null) {
      throw new IllegalStateException("The pipeline failed: " + thrown, thrown);
    }
  }
}
