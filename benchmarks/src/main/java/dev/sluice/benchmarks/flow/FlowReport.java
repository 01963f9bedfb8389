package dev.sluice.benchmarks.flow;

import dev.sluice.benchmarks.report.Machine;
import dev.sluice.benchmarks.report.Results;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints what scenarios show, and puts tables and charts into a folder. */
final class FlowReport {
  private final Results results;
  private final String head;
  private final StringBuilder page = new StringBuilder();
  private final StringBuilder summary = new StringBuilder();
  private final StringBuilder charts = new StringBuilder();
  private final Map<String, Object> raw = new LinkedHashMap<>();

  FlowReport(Results results, long seed, Machine machine) {
    this.results = results;
    this.head = "Seed " + seed + "; " + machine + ".\n\n";
    summary.append("| | | | target |\n| --- | --- | ---: | --- |\n");
  }

  void add(String name, Run run) throws IOException {
    StringBuilder table = new StringBuilder();
    table.append("## ").append(run.title()).append("\n\n");
    table.append("| | | target |\n| --- | ---: | --- |\n");
    for (Figure figure : run.figures()) {
      table.append("| ").append(row(figure));
      summary.append("| `").append(name).append("` | ").append(row(figure));
    }
    System.out.println(table);
    page.append(table).append('\n').append(image(run.title(), name + ".svg"));
    if (!run.levels().isEmpty()) {
      page.append(image(run.title() + ", writes", name + "-levels.svg"));
    }
    charts.append(image(run.title(), "results/flow/" + name + ".svg"));
    raw.put(name, raw(run));
    new FlowChart(run).save(results.folder().resolve(name));
  }

  private static String row(Figure figure) {
    return figure.what()
        + " | "
        + figure.value(Locale.ROOT)
        + " | "
        + figure.target()
        + (figure.reached() ? "" : ", **missed**")
        + " |\n";
  }

  private static String image(String title, String path) {
    return "![" + title + "](" + path + ")\n\n";
  }

  void write() throws IOException {
    results.writePage("# Flow control in virtual time\n\n" + head + page.toString().strip() + '\n');
    results.writeFigures(raw);
    results.show(head + summary + '\n' + charts);
  }

  private static Map<String, Object> raw(Run run) {
    Map<String, Object> raw = new LinkedHashMap<>();
    raw.put("title", run.title());
    raw.put("figures", run.figures());
    raw.put("stepMillis", run.step().toMillis());
    raw.put("unit", run.unit());
    raw.put("rates", raw(run.rates()));
    raw.put("levels", raw(run.levels()));
    return raw;
  }

  /** To a hundredth: more of it no chart shows. */
  private static Map<String, List<Double>> raw(List<Series> all) {
    Map<String, List<Double>> raw = new LinkedHashMap<>();
    for (Series series : all) {
      raw.put(
          series.name(),
          series.values().stream().map(value -> Math.rint(value * 100) / 100).toList());
    }
    return raw;
  }
}
