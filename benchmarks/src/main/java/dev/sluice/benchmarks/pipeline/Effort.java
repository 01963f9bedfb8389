package dev.sluice.benchmarks.pipeline;

import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/** How long pipelines are run before they are measured, and how long then. */
final class Effort {
  /** Of settling at full load: at half of it other code runs, and what came first is in arrears. */
  private static final int SETTLING = 2;

  @Option(
      names = "--warm-up",
      description = "Seconds of a round in which each warms up (default: ${DEFAULT-VALUE}).")
  private int warmUpSeconds = 5;

  @Option(names = "--warm-up-rounds", description = "Such rounds (default: ${DEFAULT-VALUE}).")
  private int warmUpRounds = 2;

  @Option(
      names = "--slices",
      description = "Measured slices at each load (default: ${DEFAULT-VALUE}).")
  private int slices = 3;

  @Option(
      names = "--slice-seconds",
      description = "Length of a slice, at most (default: ${DEFAULT-VALUE}).")
  private int sliceSeconds = 2;

  @Option(
      names = "--slice-events",
      description = "Events of a slice, at most (default: ${DEFAULT-VALUE}).")
  private int sliceEvents = 60_000;

  /** Makes it a smoke run. */
  void hurry() {
    slices = 2;
    sliceSeconds = 1;
    warmUpSeconds = 2;
    warmUpRounds = 1;
    sliceEvents = 20_000;
  }

  int warmUpSeconds() {
    return warmUpSeconds;
  }

  int warmUpRounds() {
    return warmUpRounds;
  }

  int slices() {
    return slices;
  }

  int sliceSeconds() {
    return sliceSeconds;
  }

  int sliceEvents() {
    return sliceEvents;
  }

  Phases warmUp() {
    return new Phases(millis(warmUpSeconds), 0, 0, atFullLoad().mostEvents());
  }

  Phases atFullLoad() {
    return new Phases(millis(sliceSeconds), slices, millis(sliceSeconds), sliceEvents);
  }

  Phases atRate() {
    return atFullLoad().atRate(SETTLING * millis(sliceSeconds));
  }

  private static int millis(int seconds) {
    return (int) TimeUnit.SECONDS.toMillis(seconds);
  }
}
