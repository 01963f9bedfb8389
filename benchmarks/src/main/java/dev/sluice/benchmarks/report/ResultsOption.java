package dev.sluice.benchmarks.report;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where a command keeps its results: to be mixed into it. */
public final class ResultsOption {
  @Option(
      names = "--results",
      description =
          "Its folders, and the page beside it, are for runs without further options; others go to"
              + " target/results beside it (default: ${DEFAULT-VALUE}).")
  private Path kept = Path.of("benchmarks", "results");

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  /**
   * Finds the place of a report, when the command has been parsed.
   *
   * @param name of the report
   * @return among those that are kept, unless an option made the run another than they are of
   */
  public Results of(String name) {
    boolean whole =
        requireNonNull(command).commandLine().getParseResult().matchedOptions().stream()
            .allMatch(option -> option.longestName().equals("--results"));
    return Results.of(kept, name, whole);
  }
}
