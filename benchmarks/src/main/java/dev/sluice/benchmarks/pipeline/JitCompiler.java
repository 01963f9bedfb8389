package dev.sluice.benchmarks.pipeline;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** This JVM's own compilers. */
final class JitCompiler {
  private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();
  private static final long STEP_MILLIS = 50;
  private static final Duration IDLE = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private JitCompiler() {}

  /**
   * {@return how long their threads have been at work in all; a compilation counts when it has
   * ended}
   */
  static long millisAtWork() {
    return COMPILER.getTotalCompilationTime();
  }

  /**
   * Waits until no compilation has ended for half a second, which with idle cores is nearly always
   * for want of one, or half a minute. Where all cores are busy the compilers get little of them,
   * and what is queued would be compiled while the next pipeline is measured.
   */
  static void awaitIdle() throws InterruptedException {
    long begun = System.nanoTime();
    long quietSince = begun;
    long atWork = millisAtWork();
    while (System.nanoTime() - quietSince < IDLE.toNanos()
        && System.nanoTime() - begun < PATIENCE.toNanos()) {
      Thread.sleep(STEP_MILLIS);
      long now = millisAtWork();
      if (now > atWork) {
        atWork = now;
        quietSince = System.nanoTime();
      }
    }
  }
}
