package dev.sluice.benchmarks.pipeline;

import dev.sluice.benchmarks.profile.PackageProfile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Recording;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** A pipeline as a process: started, measured and stopped by whoever asks it. */
final class PipelineMain {
  /** What to do. */
  enum Verb {
    /** Start the pipeline of the setup, and answer when it has written the first records. */
    START,
    /** Measure the phases. */
    MEASURE,
    /** Finish what is under way, commit, stop, and leave compilers and heap with nothing to do. */
    STOP
  }

  /** What to do, and with what. */
  record Order(Verb verb, @Nullable RunSetup setup, @Nullable Phases phases) {}

  /**
   * What was done.
   *
   * @param slices what was measured
   * @param latency of all slices together, or null if nothing was measured
   * @param events records whose effects became durable since the start
   */
  record Report(List<Slice> slices, @Nullable Latency latency, long events) {}

  private static final long STEP_MILLIS = 2;

  /** Compiler threads at work, on average, that are few. */
  private static final double WARM_BELOW = 0.05;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final boolean hurried;
  private Probe probe = new Probe();
  private @Nullable Pipeline pipeline;

  private PipelineMain(boolean hurried) {
    this.hurried = hurried;
  }

  /**
   * Serves.
   *
   * @param arguments {@code true} for a smoke run, in which nothing waits until it is warm
   */
  public static void main(String[] arguments) throws Exception {
    PipelineMain main = new PipelineMain(Boolean.parseBoolean(arguments[0]));
    try {
      JsonLines.serve("ready", Order.class, main::carryOut);
    } catch (Exception e) {
      e.printStackTrace();
      System.exit(1);
    }
    System.exit(0);
  }

  private Report carryOut(Order order) throws InterruptedException, IOException {
    Report report =
        switch (order.verb()) {
          case START -> start(order.setup());
          case MEASURE -> measure(order.phases());
          case STOP -> stop();
        };
    probe.check();
    return report;
  }

  private Report nothingMeasured() {
    return new Report(List.of(), null, probe.count());
  }

  private Report start(@Nullable RunSetup setup) throws InterruptedException {
    if (setup == null) {
      throw new IllegalArgumentException("No setup was given to start.");
    }
    probe = new Probe();
    Pipeline started = setup.contender().make(setup, probe);
    pipeline = started;
    started.start();
    long begun = System.nanoTime();
    while (probe.count() < setup.instances()) {
      requireProgress(begun);
      Thread.sleep(STEP_MILLIS);
    }
    return nothingMeasured();
  }

  private Report measure(@Nullable Phases phases) throws InterruptedException, IOException {
    if (phases == null) {
      throw new IllegalArgumentException("No phases were given to measure.");
    }
    await(phases.settleMillis(), phases.sliceEvents());
    if (phases.slices() > 0 && !hurried) {
      awaitWarmth(phases);
    }
    probe.takeLatencies();
    if (phases.recording() == null) {
      return slices(phases);
    }
    try (Recording recording = PackageProfile.record()) {
      Report measured = slices(phases);
      recording.dump(Path.of(phases.recording()));
      return measured;
    }
  }

  private Report slices(Phases phases) throws InterruptedException {
    List<Slice> slices = new ArrayList<>();
    Histogram all = probe.takeLatencies();
    all.reset();
    for (int i = 0; i < phases.slices(); i++) {
      Sample before = Sample.of(probe);
      await(phases.sliceMillis(), phases.sliceEvents());
      Sample after = Sample.of(probe);
      Histogram latencies = probe.takeLatencies();
      all.add(latencies);
      slices.add(after.since(before, Latency.of(latencies)));
    }
    return new Report(slices, Latency.of(all), probe.count());
  }

  /** Waits while much is still compiled, for a while: what has run little is not warm yet. */
  private void awaitWarmth(Phases phases) throws InterruptedException {
    for (int step = 0; step < Phases.WARMING_STEPS; step++) {
      long before = JitCompiler.millisAtWork();
      await(Phases.WARMING_STEP_MILLIS, phases.sliceEvents() / Phases.WARMING_STEPS);
      if (JitCompiler.millisAtWork() - before < Phases.WARMING_STEP_MILLIS * WARM_BELOW) {
        return;
      }
    }
  }

  /**
   * Returns when the time has passed or so many events are durable, whichever is first; but not
   * before something is, since a poll's worth may take longer than the time.
   */
  private void await(long millis, int events) throws InterruptedException {
    long start = System.nanoTime();
    long before = probe.count();
    while (probe.count() - before < events
        && (System.nanoTime() - start < Duration.ofMillis(millis).toNanos()
            || probe.count() == before)) {
      requireProgress(start);
      Thread.sleep(STEP_MILLIS);
    }
  }

  private void requireProgress(long sinceNanos) {
    probe.check();
    if (System.nanoTime() - sinceNanos > PATIENCE.toNanos()) {
      throw new IllegalStateException("The pipeline wrote nothing in " + PATIENCE);
    }
  }

  private Report stop() throws InterruptedException {
    Pipeline started = pipeline;
    if (started != null) {
      started.close();
      pipeline = null;
    }
    if (!hurried) {
      JitCompiler.awaitIdle();
      // What this run leaves in the heap would be collected while the next is measured.
      System.gc();
    }
    return nothingMeasured();
  }
}
