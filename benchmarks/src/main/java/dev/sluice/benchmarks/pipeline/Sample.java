package dev.sluice.benchmarks.pipeline;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;

/** A reading of all that is measured in a pipeline's process. */
record Sample(
    long events,
    long nanos,
    long cpuNanos,
    long compilerMillis,
    Map<Long, Long> allocatedByThread) {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  static Sample of(Probe probe) {
    long[] threads = THREADS.getAllThreadIds();
    long[] bytes = THREADS.getThreadAllocatedBytes(threads);
    Map<Long, Long> allocated = new HashMap<>();
    for (int i = 0; i < threads.length; i++) {
      allocated.put(threads[i], Math.max(0, bytes[i]));
    }
    return new Sample(
        probe.count(),
        System.nanoTime(),
        ProcessCpu.nanos(),
        JitCompiler.millisAtWork(),
        allocated);
  }

  Slice since(Sample before, Latency latency) {
    long allocated = 0;
    for (Map.Entry<Long, Long> thread : allocatedByThread.entrySet()) {
      allocated += thread.getValue() - before.allocatedByThread.getOrDefault(thread.getKey(), 0L);
    }
    return new Slice(
        events - before.events,
        nanos - before.nanos,
        cpuNanos - before.cpuNanos,
        compilerMillis - before.compilerMillis,
        allocated,
        latency);
  }
}
