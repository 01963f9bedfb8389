package dev.sluice.benchmarks.jmh;

import static java.util.Locale.ROOT;

import dev.sluice.benchmarks.report.BarChart;
import dev.sluice.benchmarks.report.Machine;
import dev.sluice.benchmarks.report.Results;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
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
 * {@code benchmarks/results/jmh}, or of some of them into {@code benchmarks/target/results/jmh}. It
 * takes JMH's options.
 */
public final class JmhReport {
  private static final Path RESULTS = Path.of("benchmarks", "results");

  /** One of Sluice's beside its baseline. */
  private record Ratio(String pair, Score ours, Score plain) {
    double time() {
      return ours.nanos() / plain.nanos();
    }
  }

  private final List<Score> scores;
  private final int forks;
  private final Machine machine;

  private JmhReport(Collection<RunResult> runs, Machine machine) {
    this.scores = runs.stream().map(Score::of).toList();
    this.forks = runs.stream().mapToInt(run -> run.getParams().getForks()).min().orElse(0);
    this.machine = machine;
  }

  /**
   * Runs them.
   *
   * @param arguments JMH's
   * @throws Exception if a benchmark fails, or the results cannot be written
   */
  public static void main(String[] arguments) throws Exception {
    var asked = new CommandLineOptions(arguments);
    if (asked.shouldHelp()) {
      asked.showHelp();
      return;
    }
    if (asked.shouldList()) {
      new Runner(asked).list();
      return;
    }
    Machine machine = Machine.here();
    // How many forks there were the page says; any other option makes another run.
    boolean whole = arguments.length == 0 || (arguments.length == 2 && arguments[0].equals("-f"));
    Results results = Results.of(RESULTS, "jmh", whole);
    var options =
        new OptionsBuilder()
            .parent(asked)
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .resultFormat(ResultFormatType.JSON)
            .result(results.figures().toString())
            .build();
    var report = new JmhReport(new Runner(options).run(), machine);
    String page = report.head() + report.scores() + report.beside("ratios.svg");
    results.writePage("# JMH\n\n" + page);
    results.show(report.head() + report.beside("results/jmh/ratios.svg"));
    report.draw(results.folder());
    System.out.println(page);
  }

  /** A bar for each pair; what the parameters change, the table says. */
  private void draw(Path folder) throws IOException {
    Map<String, List<Double>> times = new LinkedHashMap<>();
    for (Ratio each : ratios()) {
      times.computeIfAbsent(each.pair(), pair -> new ArrayList<>()).add(each.time());
    }
    if (!times.isEmpty()) {
      BarChart.save(
          folder.resolve("ratios"),
          "Time of an operation beside that of the plain baseline, geometric mean over parameters",
          "times",
          List.copyOf(times.keySet()),
          Map.of("times", times.values().stream().map(JmhReport::mean).toList()));
    }
  }

  private static double mean(List<Double> ratios) {
    return Math.exp(ratios.stream().mapToDouble(Math::log).average().orElseThrow());
  }

  private List<Ratio> ratios() {
    List<Ratio> ratios = new ArrayList<>();
    for (Beside pair : Beside.ALL) {
      for (Score ours : scores) {
        if (ours.is(pair.type(), pair.ours(), ours.parameters())) {
          scores.stream()
              .filter(plain -> plain.is(pair.type(), pair.plain(), ours.parameters()))
              .forEach(
                  plain -> ratios.add(new Ratio(pair.ours() + " : " + pair.plain(), ours, plain)));
        }
      }
    }
    return ratios;
  }

  private String head() {
    return machine + "; forks of each: " + forks + ".\n\n";
  }

  private String scores() {
    StringBuilder table = new StringBuilder();
    table.append(
        "| benchmark | parameters | ns an operation | ± | of them the writer's loop | bytes an operation |\n");
    table.append("| --- | --- | ---: | ---: | ---: | ---: |\n");
    for (Score score : scores) {
      table.append(
          String.format(
              ROOT,
              "| `%s.%s` | %s | %,.1f | %,.1f | %s | %s |%n",
              score.type(),
              score.method(),
              score.parameters(),
              score.nanos(),
              score.error(),
              whole(score.loopNanos()),
              whole(score.bytes())));
    }
    return table.append('\n').toString();
  }

  /** All of Sluice's beside their baselines, as a table and the chart. */
  private String beside(String chart) {
    StringBuilder table = new StringBuilder();
    table.append(
        "| beside its baseline | parameters | ns | baseline, ns | times as long | bytes |"
            + " baseline, bytes |\n");
    table.append("| --- | --- | ---: | ---: | ---: | ---: | ---: |\n");
    for (Ratio each : ratios()) {
      table.append(
          String.format(
              ROOT,
              "| %s | %s | %,.1f | %,.1f | %.2f | %s | %s |%n",
              each.pair(),
              each.ours().parameters(),
              each.ours().nanos(),
              each.plain().nanos(),
              each.time(),
              whole(each.ours().bytes()),
              whole(each.plain().bytes())));
    }
    return table.append("\n![Ratios](").append(chart).append(")\n").toString();
  }

  private static String whole(double value) {
    return Double.isNaN(value) ? "" : String.format(ROOT, "%,.0f", value);
  }
}
