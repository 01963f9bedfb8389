package dev.sluice.benchmarks;

import dev.sluice.batch.BatchAccumulator;
import dev.sluice.batch.BatchLimits;
import dev.sluice.batch.BatchTriggers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Appending elements and polling them in batches of 25: the time is that of one element. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class BatchAccumulatorBenchmark {
  private static final int ELEMENTS = 1009;
  private static final int MAX_ITEMS = 25;
  private static final long MAX_BYTES = 1L << 20;

  /** Bytes of each element: at the second, bytes end a batch before its number does. */
  @Param({"700", "50000"})
  private long size;

  private final Object[] elements = new Object[ELEMENTS];
  private BatchAccumulator<Object> accumulator = newAccumulator();

  private static BatchAccumulator<Object> newAccumulator() {
    return new BatchAccumulator<>(
        new BatchTriggers(MAX_ITEMS, MAX_BYTES, Duration.ofMillis(10)), BatchLimits.BATCH_WRITE);
  }

  /** Makes the elements. */
  @Setup(Level.Trial)
  public void prepare() {
    for (int i = 0; i < ELEMENTS; i++) {
      elements[i] = new Object();
    }
    accumulator = newAccumulator();
  }

  /**
   * Appends and polls as the writer does; at the end nothing is left.
   *
   * @param sink takes the batches
   */
  @Benchmark
  @OperationsPerInvocation(ELEMENTS)
  public void accumulator(Blackhole sink) {
    for (Object element : elements) {
      accumulator.append(element, size, 0);
      Optional<List<Object>> batch = accumulator.poll(0);
      if (batch.isPresent()) {
        sink.consume(batch.get());
      }
    }
    for (var rest = accumulator.pollAny(); rest.isPresent(); rest = accumulator.pollAny()) {
      sink.consume(rest.get());
    }
  }

  /**
   * The baseline: a list that is handed over when it is full, and counts bytes too.
   *
   * @param sink takes the batches
   */
  @Benchmark
  @OperationsPerInvocation(ELEMENTS)
  public void plainList(Blackhole sink) {
    List<Object> batch = new ArrayList<>(MAX_ITEMS);
    long bytes = 0;
    for (Object element : elements) {
      if (batch.size() == MAX_ITEMS || bytes + size > MAX_BYTES) {
        sink.consume(batch);
        batch = new ArrayList<>(MAX_ITEMS);
        bytes = 0;
      }
      batch.add(element);
      bytes += size;
    }
    sink.consume(batch);
  }
}
