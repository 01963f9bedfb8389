package dev.sluice.benchmarks.pipeline;

import static java.util.Locale.ROOT;
import static java.util.Objects.requireNonNull;

import dev.sluice.benchmarks.report.BarChart;
import dev.sluice.benchmarks.report.Machine;
import dev.sluice.benchmarks.report.Results;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the pipelines showed: a page, the figures as JSON, and charts. */
final class SideBySideReport {
  /** How it was measured. */
  record Settings(
      int latencyMillis,
      int instances,
      int inFlight,
      int warmUpSeconds,
      int warmUpRounds,
      int slices,
      int sliceSeconds,
      int sliceEvents,
      int steadyPerSecond,
      double repeats,
      long seed) {}

  /**
   * What one pipeline showed.
   *
   * @param full at full load
   * @param half at half of its own full load
   * @param steady at a rate at which cores have time to spare, or null if it was not measured then
   */
  record Row(
      Contender contender, Measurement full, Measurement half, @Nullable Measurement steady) {
    boolean passed() {
      return checks().allMatch(check -> check.passed(contender.idempotent()));
    }

    /** {@return what the tables held after each load} */
    Stream<Check> checks() {
      return Stream.of(full, half, steady).filter(Objects::nonNull).map(Measurement::check);
    }
  }

  /** All figures. */
  record Figures(
      Machine machine,
      Settings settings,
      List<Row> pipelines,
      @Nullable WriterAlone writerAlone,
      List<Target> targets) {}

  private final Figures figures;
  private final SideBySidePage page;

  SideBySideReport(
      Machine machine, Settings settings, List<Row> rows, @Nullable WriterAlone writerAlone) {
    this.figures =
        new Figures(
            machine,
            settings,
            rows,
            writerAlone,
            SideBySideTargets.of(rows, writerAlone, settings));
    this.page = new SideBySidePage(figures);
  }

  void write(Results results) throws IOException {
    results.writePage(page() + charts(""));
    results.writeFigures(figures);
    results.show(page.tables("####") + charts("results/pipelines/"));
    Path folder = results.folder();
    chart(
        folder,
        "cpu",
        "Client CPU an event at full load",
        "µs",
        row -> row.full().cpuMicros().median());
    chart(
        folder,
        "throughput",
        "Events a second at full load",
        "events/s",
        row -> row.full().throughput().median());
    latencies(folder, "latency", "at half load", figures.pipelines(), Row::half);
    List<Row> steady = steady(figures.pipelines());
    if (!steady.isEmpty()) {
      String at =
          String.format(ROOT, "at %,d events a second", figures.settings().steadyPerSecond());
      latencies(folder, "latency-steady", at, steady, row -> requireNonNull(row.steady()));
    }
  }

  /** {@return those of the rows that were measured at a rate that all reach} */
  static List<Row> steady(List<Row> rows) {
    return rows.stream().filter(row -> row.steady() != null).toList();
  }

  private void chart(
      Path folder, String name, String title, String unit, Function<Row, Double> value)
      throws IOException {
    List<Row> rows = figures.pipelines();
    BarChart.save(
        folder.resolve(name), title, unit, names(rows), Map.of(unit, values(rows, value)));
  }

  private static void latencies(
      Path folder, String name, String when, List<Row> rows, Function<Row, Measurement> load)
      throws IOException {
    BarChart.save(
        folder.resolve(name),
        "From poll to durable " + when,
        "ms",
        names(rows),
        new TreeMap<>(
            Map.of(
                "p50", values(rows, row -> load.apply(row).latency().p50Millis()),
                "p99", values(rows, row -> load.apply(row).latency().p99Millis()))));
  }

  private static List<String> names(List<Row> rows) {
    return rows.stream().map(row -> row.contender().toString()).toList();
  }

  private static List<Double> values(List<Row> rows, Function<Row, Double> value) {
    return rows.stream().map(value).toList();
  }

  /** {@return the page without its charts} */
  String page() {
    return "# Whole pipelines, side by side\n\n" + page.tables("##");
  }

  private String charts(String folder) {
    String charts =
        """

        ![Client CPU an event](%1$scpu.svg)

        ![Events a second](%1$sthroughput.svg)

        ![From poll to durable at half load](%1$slatency.svg)
        """
            .formatted(folder);
    return steady(figures.pipelines()).isEmpty()
        ? charts
        : charts
            + "\n![From poll to durable with CPU to spare]("
            + folder
            + "latency-steady.svg)\n";
  }
}
