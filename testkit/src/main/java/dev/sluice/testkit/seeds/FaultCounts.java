package dev.sluice.testkit.seeds;

import dev.sluice.testkit.simulated.client.Fate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How often everything that can go wrong did, over many runs: what a simulation does to its
 * processes, and what becomes of their requests. Not safe for use by several threads.
 */
public final class FaultCounts {
  private final List<String> names;
  private final Map<String, Long> counts = new TreeMap<>();

  private FaultCounts(List<String> names) {
    this.names = names;
  }

  /**
   * Creates counts of zero.
   *
   * @param faults what can go wrong beside requests
   * @return the counts
   */
  public static FaultCounts of(Enum<?>[] faults) {
    return new FaultCounts(
        Stream.concat(Arrays.stream(faults), Arrays.stream(Fate.values()))
            // Who dies takes its threads with it: none is left that would send anything.
            .filter(kind -> kind != Fate.SERVED && kind != Fate.UNSENT)
            .map(Enum::name)
            .toList());
  }

  /** {@return the names of all that can go wrong} */
  public List<String> names() {
    return names;
  }

  /**
   * Something went wrong.
   *
   * @param fault what
   */
  public void add(Enum<?> fault) {
    add(fault.name(), 1);
  }

  /**
   * Requests have ended.
   *
   * @param fates how, and how often so
   */
  public void addAll(Map<Fate, Long> fates) {
    fates.forEach((fate, count) -> add(fate.name(), count));
  }

  /**
   * Something went wrong so often.
   *
   * @param name its name
   * @param count how often
   */
  public void add(String name, long count) {
    counts.merge(name, count, Long::sum);
  }

  /**
   * How often something went wrong.
   *
   * @param name its name
   * @return how often
   */
  public long of(String name) {
    return counts.getOrDefault(name, 0L);
  }

  /** {@return the names of what never happened} */
  public List<String> missing() {
    List<String> missing = new ArrayList<>(names);
    missing.removeAll(counts.keySet());
    return missing;
  }

  @Override
  public String toString() {
    return counts.toString();
  }
}
