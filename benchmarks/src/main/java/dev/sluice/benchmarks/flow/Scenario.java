package dev.sluice.benchmarks.flow;

/** A load on tables that can take so much, in virtual time. */
public interface Scenario {

  /** {@return its name, in letters and hyphens} */
  String name();

  /**
   * Runs it.
   *
   * @param seed repeats a run exactly
   * @return what came of it
   */
  Run run(long seed);
}
