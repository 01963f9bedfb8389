package dev.sluice.benchmarks.profile;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * A recording summed up: samples of execution and of allocation, by the package that they are for.
 * What the JDK does counts for the nearest caller outside the JDK.
 */
public final class PackageProfile {
  private static final int METHODS = 25;

  private final Tally time = new Tally();
  private final Tally bytes = new Tally();
  private final Set<Long> threads = new HashSet<>();

  private PackageProfile() {}

  /**
   * Starts to record what a summary needs.
   *
   * @return the recording, started
   */
  public static Recording record() {
    Recording recording = new Recording();
    recording.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(10));
    recording.enable("jdk.NativeMethodSample").withPeriod(Duration.ofMillis(10));
    recording.enable("jdk.ObjectAllocationSample").with("throttle", "1000/s").withStackTrace();
    recording.start();
    return recording;
  }

  /**
   * Sums up a recording.
   *
   * @param file a {@code .jfr} file
   * @return the summary
   * @throws IOException if it cannot be read
   */
  public static PackageProfile of(Path file) throws IOException {
    PackageProfile profile = new PackageProfile();
    try (RecordingFile recording = new RecordingFile(file)) {
      while (recording.hasMoreEvents()) {
        profile.add(recording.readEvent());
      }
    }
    return profile;
  }

  private void add(RecordedEvent event) {
    if (event.getStackTrace() == null) {
      return;
    }
    switch (event.getEventType().getName()) {
      case "jdk.ExecutionSample" -> time.add(event.getStackTrace().getFrames(), 1);
      case "jdk.ObjectAllocationSample" -> {
        // A thread's first sample weighs all that it allocated before the recording began.
        if (!threads.add(event.getThread().getId())) {
          bytes.add(event.getStackTrace().getFrames(), event.getLong("weight"));
        }
      }
      default -> {}
    }
  }

  /**
   * Sums up a recording that is there already.
   *
   * @param arguments the path of a {@code .jfr} file
   * @throws IOException if it cannot be read
   */
  public static void main(String[] arguments) throws IOException {
    for (String file : List.of(arguments)) {
      System.out.println(of(Path.of(file)));
    }
  }

  @Override
  public String toString() {
    return "Time (samples of running Java code)\n"
        + time.text(METHODS)
        + "\nAllocation (sampled, by weight)\n"
        + bytes.text(METHODS);
  }
}
