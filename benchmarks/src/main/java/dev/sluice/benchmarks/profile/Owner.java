package dev.sluice.benchmarks.profile;

import java.util.List;
import jdk.jfr.consumer.RecordedFrame;
import org.jspecify.annotations.Nullable;

/** Whose code a frame is, by its package. */
enum Owner {
  SLUICE("dev.sluice (library)", "dev.sluice."),
  BENCHMARK("dev.sluice.benchmarks", "dev.sluice.benchmarks."),
  SDK("software.amazon.awssdk", "software.amazon."),
  NETTY("io.netty", "io.netty."),
  OTHER("others", "");

  private static final List<String> JDK = List.of("java.", "javax.", "jdk.", "sun.", "com.sun.");

  private final String label;
  private final String prefix;

  Owner(String label, String prefix) {
    this.label = label;
    this.prefix = prefix;
  }

  /** {@return whose frame it is, or null for the JDK's, which works for whoever called it} */
  static @Nullable Owner of(RecordedFrame frame) {
    String type = frame.getMethod().getType().getName();
    if (JDK.stream().anyMatch(type::startsWith)) {
      return null;
    }
    for (Owner owner : List.of(BENCHMARK, SLUICE, SDK, NETTY)) {
      if (type.startsWith(owner.prefix)) {
        return owner;
      }
    }
    return OTHER;
  }

  @Override
  public String toString() {
    return label;
  }
}
