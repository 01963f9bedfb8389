package dev.sluice.benchmarks.writer;

import static java.util.Locale.ROOT;

import dev.sluice.benchmarks.report.BarChart;
import dev.sluice.benchmarks.report.Machine;
import dev.sluice.benchmarks.report.Results;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What replays after a restart showed: a page, the figures as JSON, and a chart.
 *
 * @param machine where and when
 * @param events records a round
 * @param rounds measured rounds of each way
 * @param inFlight requests under way at most
 * @param rows a row for each way of finding out whose claims are
 */
record RestartReport(Machine machine, int events, int rounds, int inFlight, List<Row> rows) {

  /**
   * What one way showed.
   *
   * @param way its name
   * @param fresh records a second that nobody had claimed
   * @param replayed records a second that were claimed before
   * @param ratio of the second to the first, round by round
   */
  record Row(String way, Spread fresh, Spread replayed, Spread ratio) {}

  void write(Results results) throws IOException {
    results.writePage("# Replay after a restart\n\n" + page("restart.svg"));
    results.writeFigures(this);
    results.show(page("results/restart/restart.svg"));
    BarChart.save(
        results.folder().resolve("restart"),
        "Fresh records, and the same after a restart",
        "records/s",
        rows.stream().map(Row::way).toList(),
        new TreeMap<>(
            Map.of(
                "fresh", values(row -> row.fresh().median()),
                "replayed", values(row -> row.replayed().median()))));
  }

  private List<Double> values(ToDoubleFunction<Row> value) {
    return rows.stream().mapToDouble(value).boxed().toList();
  }

  /** {@return the page without its heading} */
  String page(String chart) {
    StringBuilder page = new StringBuilder();
    page.append(machine).append(".\n\n");
    page.append(
        String.format(
            ROOT,
            "%,d records a round, at most %d requests under way; medians of %d rounds, least to most in"
                + " brackets.%n%n",
            events,
            inFlight,
            rounds));
    page.append("| way | fresh records/s | replayed records/s | replayed : fresh |\n");
    page.append("| --- | ---: | ---: | ---: |\n");
    for (Row row : rows) {
      page.append(
          String.format(
              ROOT,
              "| %s | %s | %s | %s |%n",
              row.way(),
              row.fresh().text("%,.0f"),
              row.replayed().text("%,.0f"),
              row.ratio().text("%.2f")));
    }
    return page.append("\n![Replay after a restart](").append(chart).append(")\n").toString();
  }
}
