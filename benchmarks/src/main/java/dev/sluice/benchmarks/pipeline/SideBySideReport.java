package dev.sluice.benchmarks.pipeline;

import static java.util.Locale.ROOT;

import dev.sluice.benchmarks.report.BarChart;
import dev.sluice.benchmarks.report.Machine;
import dev.sluice.benchmarks.report.Results;
import dev.sluice.benchmarks.writer.Spread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
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
      double repeats,
      long seed) {}

  /** What one pipeline showed at full load and at half of it. */
  record Row(Contender contender, Measurement full, Measurement half) {
    boolean passed() {
      return full.check().passed(contender.idempotent())
          && half.check().passed(contender.idempotent());
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

  SideBySideReport(
      Machine machine, Settings settings, List<Row> rows, @Nullable WriterAlone writerAlone) {
    this.figures =
        new Figures(
            machine,
            settings,
            rows,
            writerAlone,
            SideBySideTargets.of(rows, writerAlone, settings));
  }

  void write(Results results) throws IOException {
    results.writePage(page() + charts(""));
    results.writeFigures(figures);
    results.show(tables("####") + charts("results/pipelines/"));
    Path folder = results.folder();
    chart(folder, "cpu", "Client CPU an event at full load", "µs", row -> cpu(row.full()));
    chart(
        folder,
        "throughput",
        "Events a second at full load",
        "events/s",
        row -> row.full().throughput().median());
    BarChart.save(
        folder.resolve("latency"),
        "From poll to durable at half load",
        "ms",
        names(),
        new TreeMap<>(
            Map.of(
                "p50", values(row -> row.half().p50Millis().median()),
                "p99", values(row -> row.half().p99Millis().median()))));
  }

  private void chart(
      Path folder, String name, String title, String unit, Function<Row, Double> value)
      throws IOException {
    BarChart.save(folder.resolve(name), title, unit, names(), Map.of(unit, values(value)));
  }

  private List<String> names() {
    return figures.pipelines().stream().map(row -> row.contender().toString()).toList();
  }

  private List<Double> values(Function<Row, Double> value) {
    return figures.pipelines().stream().map(value).toList();
  }

  private static double cpu(Measurement measured) {
    return measured.cpuMicros().median();
  }

  /** {@return the page without its charts} */
  String page() {
    return "# Whole pipelines, side by side\n\n" + tables("##");
  }

  private String tables(String heading) {
    StringBuilder page = new StringBuilder();
    Settings how = figures.settings();
    page.append(figures.machine()).append(".\n\n");
    page.append(
        String.format(
            ROOT,
            "%d partitions, %d-byte items, %.1f %% of the records repeat an event; %d ms a request,"
                + " %d consumers, at most %d requests under way. Medians of %d slices of %d s or"
                + " %,d events, least to most in brackets. All pipelines in one JVM, one after another, in"
                + " which each had run %d times for %d s without latency.%n%n",
            EventLog.PARTITIONS,
            EventLog.ITEM_BYTES,
            how.repeats() * 100,
            how.latencyMillis(),
            how.instances(),
            how.inFlight(),
            how.slices(),
            how.sliceSeconds(),
            how.sliceEvents(),
            how.warmUpRounds(),
            how.warmUpSeconds()));
    page.append(heading).append(" At full load\n\n");
    page.append(table(Row::full));
    page.append('\n').append(heading).append(" At half of each one's own full load\n\n");
    page.append(table(Row::half));
    page.append('\n').append(heading).append(" Who was busy, and what the tables held\n\n");
    page.append(
        "| pipeline | cores busy at full load: client | service | broker | records checked | of"
            + " them repeats | lost | doubled |\n");
    page.append("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    figures.pipelines().forEach(row -> page.append(busy(row)));
    page.append('\n').append(heading).append(" Targets\n\n");
    page.append("| | target | measured | |\n| --- | --- | ---: | --- |\n");
    figures.targets().forEach(target -> page.append(target.row()));
    page.append(aMillion());
    page.append('\n').append(heading).append(" Where another is better than Sluice `LEDGER`\n\n");
    page.append(Better.than(Contender.LEDGER, figures.pipelines()));
    return page.toString();
  }

  private String table(Function<Row, Measurement> load) {
    StringBuilder table = new StringBuilder();
    table.append(
        "| pipeline | events/s | client CPU, µs an event | requests an event | write units an"
            + " event | allocated, KB an event | p50, ms | p99, ms | compiler at work, % of the"
            + " time |\n");
    table.append("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    figures.pipelines().forEach(row -> table.append(row(row.contender(), load.apply(row))));
    return table.toString();
  }

  private static String row(Contender contender, Measurement measured) {
    return String.format(
        ROOT,
        "| %s | %s | %s | %.2f | %.2f | %.1f | %.1f | %.1f | %.0f |%n",
        contender.title(),
        spread("%,.0f", measured.throughput()),
        spread("%.1f", measured.cpuMicros()),
        measured.requestsPerEvent(),
        measured.unitsPerEvent(),
        measured.spread(Slice::bytesPerEvent).median() / 1024,
        measured.p50Millis().median(),
        measured.p99Millis().median(),
        measured.spread(Slice::compiling).median() * 100);
  }

  private static String spread(String format, Spread spread) {
    return String.format(
        ROOT,
        format + " (" + format + " to " + format + ")",
        spread.median(),
        spread.least(),
        spread.most());
  }

  private static String busy(Row row) {
    Check full = row.full().check();
    Check half = row.half().check();
    return String.format(
        ROOT,
        "| %s | %.2f | %.2f | %.2f | %,d | %,d | %d | %,d%s |%n",
        row.contender().title(),
        row.full().spread(Slice::cores).median(),
        row.full().endpointCores(),
        row.full().brokerCores(),
        full.committed() + half.committed(),
        full.repeated() + half.repeated(),
        full.lost() + half.lost(),
        full.doubled() + half.doubled(),
        row.contender().idempotent() ? "" : ", not prevented");
  }

  /** A microsecond an event is a core for a million events a second. */
  private String aMillion() {
    StringBuilder text = new StringBuilder();
    figures.pipelines().stream()
        .filter(row -> row.contender() == Contender.LEDGER)
        .forEach(
            row ->
                text.append(
                    String.format(
                        ROOT,
                        "%nA million events a second need as many cores for the client as an event"
                            + " takes microseconds: %.0f such cores with Kafka",
                        cpu(row.full()))));
    WriterAlone alone = figures.writerAlone();
    if (text.length() > 0) {
      text.append(
          alone == null
              ? ".\n"
              : String.format(
                  ROOT,
                  ", %.0f for the writer alone, of which the SDK's calls are %.0f.%n",
                  alone.sluiceMicros().median(),
                  alone.sdkMicros().median()));
    }
    return text.toString();
  }

  private static String charts(String folder) {
    return """

        ![Client CPU an event](%1$scpu.svg)

        ![Events a second](%1$sthroughput.svg)

        ![From poll to durable at half load](%1$slatency.svg)
        """
        .formatted(folder);
  }
}
