package dev.sluice.kafka.simulation;

import dev.sluice.testkit.simulated.client.Fate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** How often everything that can go wrong did, over many runs. */
final class FaultCounts {
  private final Map<String, Long> counts = new TreeMap<>();

  /** {@return the names of all that can go wrong} */
  static List<String> names() {
    return Stream.concat(Arrays.stream(Fault.values()), Arrays.stream(Fate.values()))
        // A process that dies takes its threads with it: none is left that would send anything.
        .filter(kind -> kind != Fate.SERVED && kind != Fate.UNSENT)
        .map(Enum::name)
        .toList();
  }

  void add(Fault fault) {
    add(fault.name(), 1);
  }

  void addAll(Map<Fate, Long> fates) {
    fates.forEach((fate, count) -> add(fate.name(), count));
  }

  void add(String name, long count) {
    counts.merge(name, count, Long::sum);
  }

  long of(String name) {
    return counts.getOrDefault(name, 0L);
  }

  /** {@return the names of what never happened} */
  List<String> missing() {
    List<String> missing = new ArrayList<>(names());
    missing.removeAll(counts.keySet());
    return missing;
  }

  @Override
  public String toString() {
    return counts.toString();
  }
}
