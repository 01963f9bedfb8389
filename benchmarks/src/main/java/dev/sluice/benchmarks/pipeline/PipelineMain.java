package dev.sluice.benchmarks.pipeline;

import dev.sluice.benchmarks.profile.PackageProfile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;

/** A pipeline as a process: started, measured and stopped by whoever asks it. */
final class PipelineMain {
  /** What to do. */
  enum Verb {
    /** Start the pipeline of the setup, and answer when it has written the first records. */
    START,
    /** Measure the phases. */
    MEASURE,
    /** Finish what is under way, commit, stop, and let the compilers catch up. */
    STOP
  }

  /** What to do, and with what. */
  record Order(Verb verb, @Nullable RunSetup setup, @Nullable Phases phases) {}

  /**
   * What was done.
   *
   * @param slices what was measured
   * @param events records whose effects became durable since the start
   */
  record Report(List<Slice> slices, long events) {}

  private static final long STEP_MILLIS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Probe probe = new Probe();
  private @Nullable Pipeline pipeline;

  private PipelineMain() {}

  public static void main(String[] arguments) throws Exception {
    PipelineMain main = new PipelineMain();
    try {
      JsonLines.serve("ready", Order.class, main::carryOut);
    } catch (Exception e) {
      e.printStackTrace();
      System.exit(1);
    }
    System.exit(0);
  }

  private Report carryOut(Order order) throws InterruptedException, IOException {
    List<Slice> slices =
        switch (order.verb()) {
          case START -> start(order.setup());
          case MEASURE -> measure(order.phases());
          case STOP -> stop();
        };
    probe.check();
    return new Report(slices, probe.count());
  }

  private List<Slice> start(@Nullable RunSetup setup) throws InterruptedException {
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
    return List.of();
  }

  private List<Slice> measure(@Nullable Phases phases) throws InterruptedException, IOException {
    if (phases == null) {
      throw new IllegalArgumentException("No phases were given to measure.");
    }
    await(phases.settleMillis(), phases.sliceEvents());
    probe.takeLatencies();
    if (phases.recording() == null) {
      return slices(phases);
    }
    try (Recording recording = PackageProfile.record()) {
      List<Slice> slices = slices(phases);
      recording.dump(Path.of(phases.recording()));
      return slices;
    }
  }

  private List<Slice> slices(Phases phases) throws InterruptedException {
    List<Slice> slices = new ArrayList<>();
    for (int i = 0; i < phases.slices(); i++) {
      Sample before = Sample.of(probe);
      await(phases.sliceMillis(), phases.sliceEvents());
      slices.add(Sample.of(probe).since(before, probe.takeLatencies()));
    }
    return slices;
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

  private List<Slice> stop() throws InterruptedException {
    Pipeline started = pipeline;
    if (started != null) {
      started.close();
      pipeline = null;
    }
    JitCompiler.awaitIdle();
    return List.of();
  }
}
