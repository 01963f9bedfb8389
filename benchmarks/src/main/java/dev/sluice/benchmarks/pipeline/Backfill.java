package dev.sluice.benchmarks.pipeline;

import dev.sluice.benchmarks.report.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import picocli.CommandLine.Option;

/**
 * How fast a topic of old events moves into a table that is far away: one put at a time, batches
 * one after the other, and Sluice with its ledger and many requests under way.
 */
final class Backfill {
  private static final String TOPIC = "history";
  private static final List<Contender> CONTENDERS =
      List.of(Contender.PLAIN_PUTS, Contender.PLAIN_BATCHES, Contender.LEDGER);

  @Option(
      names = "--backfill-latency",
      description = "Of a request, ms (default: ${DEFAULT-VALUE}).")
  private int latencyMillis = 180;

  @Option(
      names = "--backfill-in-flight",
      description = "Requests that Sluice has under way at most (default: ${DEFAULT-VALUE}).")
  private int inFlight = 128;

  @Option(
      names = "--backfill-warm-up",
      description = "Seconds to run each without latency before (default: ${DEFAULT-VALUE}).")
  private int warmUpSeconds = 4;

  @Option(names = "--backfill-slices", description = "Measured slices (default: ${DEFAULT-VALUE}).")
  private int slices = 4;

  @Option(
      names = "--backfill-slice-seconds",
      description = "Length of a slice (default: ${DEFAULT-VALUE}).")
  private int sliceSeconds = 3;

  /** Makes it a smoke run. */
  void hurry() {
    slices = 2;
    sliceSeconds = 2;
    warmUpSeconds = 3;
  }

  int latencyMillis() {
    return latencyMillis;
  }

  /**
   * Runs all pipelines in a JVM, which is best warm already.
   *
   * @param machine where and when
   * @param said told of each
   */
  BackfillReport measure(
      Bench bench,
      ChildJvm jvm,
      Machine machine,
      int instances,
      BiConsumer<Contender, Measurement> said)
      throws Exception {
    BackfillReport.Settings settings =
        new BackfillReport.Settings(
            latencyMillis, instances, inFlight, warmUpSeconds, slices, sliceSeconds);
    var conditions = new Bench.Conditions(latencyMillis, inFlight);
    int sliceEvents = (int) (2 * settings.allowed(Contender.LEDGER) * sliceSeconds);
    int sliceMillis = (int) TimeUnit.SECONDS.toMillis(sliceSeconds);
    Phases phases = new Phases(sliceMillis, slices, sliceMillis, sliceEvents);
    int warmUpMillis = (int) TimeUnit.SECONDS.toMillis(warmUpSeconds);
    Phases warmUp = new Phases(warmUpMillis, 0, 0, phases.mostEvents());
    EventLog log = EventLog.of(phases.mostEvents() * 6 / 5, 0, 0);
    bench.fill(TOPIC, log);
    List<BackfillReport.Row> rows = new ArrayList<>();
    for (Contender contender : CONTENDERS) {
      bench.warmUp(jvm, contender, TOPIC, conditions, warmUp);
      Measurement measured = bench.atFullLoad(jvm, contender, TOPIC, log, conditions, phases);
      rows.add(new BackfillReport.Row(contender, settings.allowed(contender), measured));
      said.accept(contender, measured);
    }
    return new BackfillReport(machine, settings, rows);
  }
}
