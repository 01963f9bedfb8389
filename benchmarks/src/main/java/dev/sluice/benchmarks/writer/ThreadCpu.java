package dev.sluice.benchmarks.writer;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Map;
import java.util.TreeMap;

/**
 * The CPU time that this process has taken, whole and by the roles of its threads; what belongs to
 * no Java thread is the JVM's own: collector and compiler.
 *
 * @param processNanos of the whole process
 * @param byRole of its live threads by name, numbers left out
 */
record ThreadCpu(long processNanos, Map<String, Long> byRole) {
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  static ThreadCpu read() {
    Map<String, Long> byRole = new TreeMap<>();
    for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
      if (thread != null) {
        long nanos = Math.max(0, THREADS.getThreadCpuTime(thread.getThreadId()));
        byRole.merge(role(thread.getThreadName()), nanos, Long::sum);
      }
    }
    return new ThreadCpu(SYSTEM.getProcessCpuTime(), byRole);
  }

  private static String role(String name) {
    return name.replaceAll("-?\\d+", "");
  }

  /** {@return what was taken between another reading and this one} */
  ThreadCpu since(ThreadCpu before) {
    Map<String, Long> taken = new TreeMap<>();
    byRole.forEach(
        (role, nanos) -> {
          long more = nanos - before.byRole.getOrDefault(role, 0L);
          if (more > 0) {
            taken.put(role, more);
          }
        });
    long process = processNanos - before.processNanos;
    long java = taken.values().stream().mapToLong(Long::longValue).sum();
    taken.put("(collector, compiler)", Math.max(0, process - java));
    return new ThreadCpu(process, taken);
  }
}
