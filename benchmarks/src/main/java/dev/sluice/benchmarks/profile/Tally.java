package dev.sluice.benchmarks.profile;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jdk.jfr.consumer.RecordedFrame;

/** Weights by owner, and by method where it is the library's. */
final class Tally {
  private final Map<Owner, Long> byOwner = new EnumMap<>(Owner.class);
  private final Map<String, Long> byMethod = new HashMap<>();
  private long total;

  /** Counts a stack, innermost frame first. */
  void add(List<RecordedFrame> frames, long weight) {
    total += weight;
    for (RecordedFrame frame : frames) {
      Owner owner = Owner.of(frame);
      if (owner != null) {
        byOwner.merge(owner, weight, Long::sum);
        if (owner == Owner.SLUICE) {
          byMethod.merge(name(frame), weight, Long::sum);
        }
        return;
      }
    }
    byOwner.merge(Owner.OTHER, weight, Long::sum);
  }

  private static String name(RecordedFrame frame) {
    String type = frame.getMethod().getType().getName();
    return type.substring(type.lastIndexOf('.') + 1)
        + '.'
        + frame.getMethod().getName()
        + ':'
        + frame.getLineNumber();
  }

  String text(int methods) {
    StringBuilder text = new StringBuilder();
    byOwner.forEach((owner, weight) -> line(text, owner.toString(), weight));
    text.append("  of which the library's lines:\n");
    byMethod.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(methods)
        .forEach(method -> line(text, "  " + method.getKey(), method.getValue()));
    return text.toString();
  }

  private void line(StringBuilder text, String what, long weight) {
    text.append(
        String.format(
            Locale.ROOT, "  %-64s %6.2f %%%n", what, 100.0 * weight / Math.max(1, total)));
  }
}
