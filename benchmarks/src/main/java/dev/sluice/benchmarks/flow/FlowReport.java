package dev.sluice.benchmarks.flow;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.benchmarks.report.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints what scenarios show, and puts tables and charts into a folder. */
final class FlowReport {
  private final Path folder;
  private final StringBuilder page = new StringBuilder();
  private final Map<String, Object> raw = new LinkedHashMap<>();

  FlowReport(Path folder, long seed, Machine machine) {
    this.folder = folder;
    page.append("# Flow control in virtual time\n\nSeed ").append(seed).append("; ");
    page.append(machine).append(".\n");
  }

  void add(String name, Run run) throws IOException {
    StringBuilder table = new StringBuilder();
    table.append("\n## ").append(run.title()).append("\n\n");
    table.append("| | | target |\n| --- | ---: | --- |\n");
    for (Figure figure : run.figures()) {
      table
          .append("| ")
          .append(figure.what())
          .append(" | ")
          .append(figure.value(Locale.ROOT))
          .append(" | ")
          .append(figure.target())
          .append(figure.reached() ? "" : ", **missed**")
          .append(" |\n");
    }
    System.out.print(table);
    page.append(table);
    Files.createDirectories(folder);
    raw.put(name, raw(run));
    FlowChart chart = new FlowChart(run);
    chart.save(folder.resolve(name));
    page.append("\n![").append(run.title()).append("](").append(name).append(".svg)\n");
  }

  void write() throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("README.md"), page);
    new ObjectMapper().writeValue(folder.resolve("figures.json").toFile(), raw);
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
