package dev.sluice.benchmarks.pipeline;

import static java.util.Locale.ROOT;
import static java.util.Objects.requireNonNull;

import dev.sluice.benchmarks.pipeline.SideBySideReport.Figures;
import dev.sluice.benchmarks.pipeline.SideBySideReport.Row;
import dev.sluice.benchmarks.pipeline.SideBySideReport.Settings;
import java.util.List;
import java.util.function.Function;

/** What the pipelines showed, as tables for people. */
final class SideBySidePage {
  private static final List<Contender> COMPARED =
      List.of(
          Contender.LEDGER,
          Contender.LEDGER_SINGLE_CLAIMS,
          Contender.KEYED_CREATE,
          Contender.TRANSACTIONAL);

  private final Figures figures;

  SideBySidePage(Figures figures) {
    this.figures = figures;
  }

  /**
   * The page without its title and its charts.
   *
   * @param heading what its headings begin with
   */
  String tables(String heading) {
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
    page.append(table(figures.pipelines(), Row::full));
    page.append('\n').append(heading).append(" At half of each one's own full load\n\n");
    page.append(table(figures.pipelines(), Row::half));
    List<Row> steady = SideBySideReport.steady(figures.pipelines());
    if (!steady.isEmpty()) {
      page.append(
          String.format(
              ROOT,
              "%n%s At %,d events a second, with CPU to spare%n%n",
              heading,
              how.steadyPerSecond()));
      page.append(table(steady, row -> requireNonNull(row.steady())));
    }
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
    for (Contender ours : COMPARED) {
      if (figures.pipelines().stream().anyMatch(row -> row.contender() == ours)) {
        page.append('\n').append(heading).append(" Where another is better than ");
        page.append(ours.title()).append("\n\n");
        page.append(Better.than(ours, figures.pipelines()));
      }
    }
    return page.toString();
  }

  private static String table(List<Row> rows, Function<Row, Measurement> load) {
    StringBuilder table = new StringBuilder();
    table.append(
        "| pipeline | events/s | client CPU, µs an event | requests an event | write units an"
            + " event | allocated, KB an event | p50, ms | p99, ms | compiler threads"
            + " at work |\n");
    table.append("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    rows.forEach(row -> table.append(row(row.contender(), load.apply(row))));
    return table.toString();
  }

  private static String row(Contender contender, Measurement measured) {
    return String.format(
        ROOT,
        "| %s | %s | %s | %.2f | %.2f | %.1f | %.1f | %.1f | %.2f |%n",
        contender.title(),
        measured.throughput().text("%,.0f"),
        measured.cpuMicros().text("%.1f"),
        measured.requestsPerEvent(),
        measured.unitsPerEvent(),
        measured.spread(Slice::bytesPerEvent).median() / 1024,
        measured.latency().p50Millis(),
        measured.latency().p99Millis(),
        measured.spread(Slice::compiling).median());
  }

  private static String busy(Row row) {
    return String.format(
        ROOT,
        "| %s | %.2f | %.2f | %.2f | %,d | %,d | %d | %,d%s |%n",
        row.contender().title(),
        row.full().spread(Slice::cores).median(),
        row.full().endpointCores(),
        row.full().brokerCores(),
        row.checks().mapToLong(Check::committed).sum(),
        row.checks().mapToLong(Check::repeated).sum(),
        row.checks().mapToLong(Check::lost).sum(),
        row.checks().mapToLong(Check::doubled).sum(),
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
                        row.full().cpuMicros().median())));
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
}
