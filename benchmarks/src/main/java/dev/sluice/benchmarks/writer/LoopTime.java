package dev.sluice.benchmarks.writer;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;

/** What the loop's executor was busy for. */
@AuxCounters(AuxCounters.Type.EVENTS)
@State(Scope.Thread)
public class LoopTime {
  private long nanos;
  private long events;
  private int iterations;

  /**
   * Starts anew.
   *
   * @param iteration how many there are in a fork
   * @param benchmark how many forks there are
   */
  @Setup(Level.Iteration)
  public void reset(IterationParams iteration, BenchmarkParams benchmark) {
    nanos = 0;
    events = 0;
    iterations = iteration.getCount() * benchmark.getForks();
  }

  /**
   * The loop's own time.
   *
   * @return this iteration's part of the mean, since JMH adds such counters up
   */
  public double loopNanosPerEvent() {
    return events == 0 ? 0 : (double) nanos / events / iterations;
  }

  void add(long busyNanos, int count) {
    nanos += busyNanos;
    events += count;
  }
}
