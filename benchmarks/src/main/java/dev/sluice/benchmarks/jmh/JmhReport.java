package dev.sluice.benchmarks.jmh;

import static java.util.Locale.ROOT;

import dev.sluice.benchmarks.report.BarChart;
import dev.sluice.benchmarks.report.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs the JMH benchmarks, with allocation, and puts the table, JMH's own JSON and a chart into
 * {@code benchmarks/results/jmh}. It takes JMH's options.
 */
public final class JmhReport {
  private static final Path RESULTS = Path.of("benchmarks", "results", "jmh");

  /** One of Sluice's beside its baseline. */
  private record Ratio(String what, double time) {}

  private final List<Score> scores;
  private final Machine machine;

  private JmhReport(Collection<RunResult> runs, Machine machine) {
    this.scores = runs.stream().map(Score::of).toList();
    this.machine = machine;
  }

  /**
   * Runs them.
   *
   * @param arguments JMH's
   * @throws Exception if a benchmark fails, or the results cannot be written
   */
  public static void main(String[] arguments) throws Exception {
    Files.createDirectories(RESULTS);
    var options =
        new OptionsBuilder()
            .parent(new CommandLineOptions(arguments))
            .addProfiler(GCProfiler.class)
            .resultFormat(ResultFormatType.JSON)
            .result(RESULTS.resolve("figures.json").toString())
            .build();
    var report = new JmhReport(new Runner(options).run(), Machine.here());
    String page = report.page();
    Files.writeString(RESULTS.resolve("README.md"), page + "\n![Ratios](ratios.svg)\n");
    report.draw();
    System.out.println(page);
  }

  private void draw() throws IOException {
    List<Ratio> ratios = ratios();
    if (!ratios.isEmpty()) {
      BarChart.save(
          RESULTS.resolve("ratios"),
          "Time of an operation beside that of the plain baseline",
          "times",
          ratios.stream().map(Ratio::what).toList(),
          Map.of("times", ratios.stream().map(Ratio::time).toList()));
    }
  }

  private List<Ratio> ratios() {
    List<Ratio> ratios = new ArrayList<>();
    for (Beside pair : Beside.ALL) {
      for (Score ours : scores) {
        if (ours.is(pair.type(), pair.ours(), ours.parameters())) {
          scores.stream()
              .filter(plain -> plain.is(pair.type(), pair.plain(), ours.parameters()))
              .forEach(
                  plain -> ratios.add(new Ratio(name(pair, ours), ours.nanos() / plain.nanos())));
        }
      }
    }
    return ratios;
  }

  private static String name(Beside pair, Score ours) {
    String with = ours.parameters().isEmpty() ? "" : " (" + ours.parameters() + ")";
    return pair.ours() + " : " + pair.plain() + with;
  }

  private String page() {
    StringBuilder page = new StringBuilder("# JMH\n\n");
    page.append(machine).append(".\n\n");
    page.append("| benchmark | parameters | ns an operation | ± | bytes an operation |\n");
    page.append("| --- | --- | ---: | ---: | ---: |\n");
    for (Score score : scores) {
      page.append(
          String.format(
              ROOT,
              "| `%s.%s` | %s | %,.1f | %,.1f | %s |%n",
              score.type(),
              score.method(),
              score.parameters(),
              score.nanos(),
              score.error(),
              Double.isNaN(score.bytes()) ? "" : String.format(ROOT, "%,.0f", score.bytes())));
    }
    page.append("\n| beside its baseline | times as long |\n| --- | ---: |\n");
    ratios()
        .forEach(
            each -> page.append(String.format(ROOT, "| %s | %.2f |%n", each.what(), each.time())));
    return page.toString();
  }
}
