package dev.sluice.benchmarks.report;

import java.nio.file.Path;

/** Where reports are put. */
public final class Results {
  private Results() {}

  /**
   * Finds the folder of a report. What is less than all of it must not take the place of what is
   * kept.
   *
   * @param kept the folder of all reports that are kept
   * @param name of this one
   * @param whole whether all of it was run
   * @return its folder there, or in {@code target/results} beside that one
   */
  public static Path folder(Path kept, String name, boolean whole) {
    Path all = whole ? kept : kept.resolveSibling("target").resolve("results");
    return all.resolve(name);
  }
}
