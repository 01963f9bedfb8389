package dev.sluice.benchmarks.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures how fast a topic of old events moves into a table that is far away: one put at a time,
 * batches one after the other, and Sluice with its ledger and many requests under way.
 */
@Command(
    name = "backfill",
    mixinStandardHelpOptions = true,
    description = "A backfill into a table that takes long to answer.")
public final class Backfill implements Callable<Integer> {
  private static final int INSTANCES = 3;
  private static final List<Contender> CONTENDERS =
      List.of(Contender.PLAIN_PUTS, Contender.PLAIN_BATCHES, Contender.LEDGER);

  @Option(names = "--latency", description = "Of a request, ms (default: ${DEFAULT-VALUE}).")
  private int latencyMillis = 180;

  @Option(
      names = "--in-flight",
      description = "Requests that Sluice has under way at most (default: ${DEFAULT-VALUE}).")
  private int inFlight = 128;

  @Option(
      names = "--warm-up",
      description =
          "Seconds to run Sluice without latency before, the others a fifth of it"
              + " (default: ${DEFAULT-VALUE}).")
  private int warmUpSeconds = 25;

  @Option(names = "--slices", description = "Measured slices (default: ${DEFAULT-VALUE}).")
  private int slices = 5;

  @Option(names = "--slice-seconds", description = "Length of a slice (default: ${DEFAULT-VALUE}).")
  private int sliceSeconds = 3;

  @Option(names = "--quick", description = "A smoke run: 2 slices of 2 seconds, barely warm.")
  private boolean quick;

  @Option(
      names = "--results",
      description = "The folder for tables, figures and charts (default: ${DEFAULT-VALUE}).")
  private Path results = Path.of("benchmarks", "results", "backfill");

  @Option(names = "--readme", description = "A page whose section 'backfill' is to show them.")
  private @Nullable Path readme;

  private Backfill() {}

  /**
   * Runs the measurement.
   *
   * @param arguments see {@code --help}
   */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Backfill()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    if (quick) {
      slices = 2;
      sliceSeconds = 2;
      warmUpSeconds = 3;
    }
    BackfillReport.Settings settings =
        new BackfillReport.Settings(
            latencyMillis, INSTANCES, inFlight, warmUpSeconds, slices, sliceSeconds);
    List<BackfillReport.Row> rows = new ArrayList<>();
    try (Bench bench = new Bench(latencyMillis, INSTANCES, inFlight)) {
      int sliceEvents = (int) (2 * settings.allowed(Contender.LEDGER) * sliceSeconds);
      int sliceMillis = sliceSeconds * 1_000;
      Phases phases = new Phases(sliceMillis, slices, sliceMillis, sliceEvents);
      EventLog log = EventLog.of(phases.mostEvents() * 6 / 5, 0, 0);
      bench.fill("history", log);
      try (ChildJvm jvm = bench.pipeline()) {
        for (Contender contender : CONTENDERS) {
          bench.warmUp(jvm, contender, "history", warmUp(contender, phases));
          Measurement measured = bench.atFullLoad(jvm, contender, "history", log, phases);
          rows.add(new BackfillReport.Row(contender, settings.allowed(contender), measured));
          System.out.printf(
              Locale.ROOT,
              "%s: %,.1f events/s, %s%n",
              contender,
              measured.throughput().median(),
              measured.check());
        }
      }
    }
    var report = new BackfillReport(Machine.here(), settings, rows);
    report.write(results);
    if (readme != null) {
      MarkedSection.replace(readme, "backfill", report.section("results/backfill/"));
    }
    System.out.println(report.page());
    return rows.stream()
            .allMatch(row -> row.measured().check().passed(row.contender().idempotent()))
        ? CommandLine.ExitCode.OK
        : CommandLine.ExitCode.SOFTWARE;
  }

  /** What only waits needs little code compiled. */
  private Phases warmUp(Contender contender, Phases phases) {
    int millis = warmUpSeconds * 1_000;
    return new Phases(
        contender == Contender.LEDGER ? millis : millis / 5, 0, 0, phases.mostEvents());
  }
}
