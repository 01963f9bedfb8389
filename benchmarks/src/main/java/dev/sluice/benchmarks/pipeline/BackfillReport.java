package dev.sluice.benchmarks.pipeline;

import static java.util.Locale.ROOT;

import dev.sluice.benchmarks.report.BarChart;
import dev.sluice.benchmarks.report.Machine;
import dev.sluice.benchmarks.report.Results;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What the backfill showed: a page, the figures as JSON, and a chart. */
final class BackfillReport {
  private static final double AIM = 0.9;

  /** How it was measured. */
  record Settings(
      int latencyMillis,
      int instances,
      int inFlight,
      int warmUpSeconds,
      int slices,
      int sliceSeconds) {

    /** {@return the events a second that requests under way over latency allow} */
    double allowed(Contender contender) {
      double requestsPerSecond = 1_000.0 / latencyMillis;
      return switch (contender) {
        case PLAIN_PUTS -> instances * requestsPerSecond;
        case PLAIN_BATCHES -> instances * requestsPerSecond * HandRequests.BATCH;
        // A batch of claims and a batch of items.
        case LEDGER -> inFlight * requestsPerSecond * HandRequests.BATCH / 2;
        default -> throw new IllegalArgumentException(contender + " is not measured here.");
      };
    }
  }

  /** What one pipeline showed, and what it could at most. */
  record Row(Contender contender, double allowed, Measurement measured) {
    double share() {
      return measured.throughput().median() / allowed;
    }
  }

  /** All figures. */
  record Figures(Machine machine, Settings settings, List<Row> pipelines, List<Target> targets) {}

  private final Figures figures;

  BackfillReport(Machine machine, Settings settings, List<Row> rows) {
    List<Target> targets =
        rows.stream()
            .filter(row -> row.contender() == Contender.LEDGER)
            .map(
                row ->
                    Target.atLeast(
                        AIM, "Sluice : what requests under way over latency allow", row.share()))
            .toList();
    this.figures = new Figures(machine, settings, rows, targets);
  }

  boolean passed() {
    return figures.pipelines().stream()
        .allMatch(row -> row.measured().check().passed(row.contender().idempotent()));
  }

  void write(Results results) throws IOException {
    results.writePage(page() + chart(""));
    results.writeFigures(figures);
    results.show(tables() + chart("results/backfill/"));
    BarChart.save(
        results.folder().resolve("backfill"),
        "Backfill at " + figures.settings().latencyMillis() + " ms a request",
        "events/s",
        figures.pipelines().stream().map(row -> row.contender().toString()).toList(),
        Map.of(
            "events/s",
            figures.pipelines().stream()
                .map(row -> row.measured().throughput().median())
                .toList()));
  }

  /** {@return the page without its chart} */
  String page() {
    return "# Backfill\n\n" + tables();
  }

  private static String chart(String folder) {
    return "\n![Backfill](" + folder + "backfill.svg)\n";
  }

  private String tables() {
    Settings how = figures.settings();
    StringBuilder page = new StringBuilder();
    page.append(figures.machine()).append(".\n\n");
    page.append(
        String.format(
            ROOT,
            "%d partitions, %d-byte items, no event twice; %d ms a request, %d consumers, at most"
                + " %d requests of Sluice's under way. Medians of %d slices of %d s, least to most"
                + " in brackets.%n%n",
            EventLog.PARTITIONS,
            EventLog.ITEM_BYTES,
            how.latencyMillis(),
            how.instances(),
            how.inFlight(),
            how.slices(),
            how.sliceSeconds()));
    page.append(
        "| pipeline | events/s | requests under way over latency allow | reached | client CPU, µs"
            + " an event | compiler threads at work | records checked | lost |\n");
    page.append("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    figures.pipelines().forEach(row -> page.append(row(row)));
    page.append("\n| | target | measured | |\n| --- | --- | ---: | --- |\n");
    figures.targets().forEach(target -> page.append(target.row()));
    return page.toString();
  }

  private static String row(Row row) {
    Check check = row.measured().check();
    return String.format(
        ROOT,
        "| %s | %s | %,.1f | %.0f %% | %.1f | %.2f | %,d | %d |%n",
        row.contender().title(),
        row.measured().throughput().text("%,.1f"),
        row.allowed(),
        row.share() * 100,
        row.measured().cpuMicros().median(),
        row.measured().spread(Slice::compiling).median(),
        check.committed(),
        check.lost());
  }
}
