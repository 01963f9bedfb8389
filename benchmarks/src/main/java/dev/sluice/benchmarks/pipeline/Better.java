package dev.sluice.benchmarks.pipeline;

import static java.util.Locale.ROOT;

import dev.sluice.benchmarks.pipeline.SideBySideReport.Row;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.ToDoubleFunction;

/** Says where other pipelines than Sluice are better than one of Sluice's. */
final class Better {
  private record Aspect(
      String name, String format, ToDoubleFunction<Row> value, boolean moreIsBetter) {
    boolean better(Row other, Row one) {
      double difference = value.applyAsDouble(other) - value.applyAsDouble(one);
      return moreIsBetter ? difference > 0 : difference < 0;
    }

    String of(Row other, Row one) {
      String format = this.format + " beside " + this.format;
      return name
          + ' '
          + String.format(ROOT, format, value.applyAsDouble(other), value.applyAsDouble(one));
    }
  }

  private static final List<Aspect> ASPECTS =
      List.of(
          new Aspect("events/s", "%,.0f", row -> row.full().throughput().median(), true),
          new Aspect("client CPU", "%.1f µs", row -> row.full().cpuMicros().median(), false),
          new Aspect("requests an event", "%.2f", row -> row.full().requestsPerEvent(), false),
          new Aspect("write units an event", "%.2f", row -> row.full().unitsPerEvent(), false),
          new Aspect("p50 at full load", "%.1f ms", row -> row.full().latency().p50Millis(), false),
          new Aspect("p99 at full load", "%.1f ms", row -> row.full().latency().p99Millis(), false),
          new Aspect("p50 at half load", "%.1f ms", row -> row.half().latency().p50Millis(), false),
          new Aspect("p99 at half load", "%.1f ms", row -> row.half().latency().p99Millis(), false),
          new Aspect("allocated", "%.1f KB", row -> kilobytes(row.full()), false),
          new Aspect(
              "client CPU at half load", "%.1f µs", row -> row.half().cpuMicros().median(), false),
          new Aspect(
              "client CPU with cores to spare",
              "%.1f µs",
              steady(measured -> measured.cpuMicros().median()),
              false),
          new Aspect(
              "p50 with cores to spare",
              "%.1f ms",
              steady(measured -> measured.latency().p50Millis()),
              false),
          new Aspect(
              "p99 with cores to spare",
              "%.1f ms",
              steady(measured -> measured.latency().p99Millis()),
              false));

  private Better() {}

  /** What was not measured is not a number, and so not better. */
  private static ToDoubleFunction<Row> steady(ToDoubleFunction<Measurement> value) {
    return row -> row.steady() == null ? Double.NaN : value.applyAsDouble(row.steady());
  }

  private static double kilobytes(Measurement measured) {
    return measured.spread(Slice::bytesPerEvent).median() / 1024;
  }

  /** {@return a line for each pipeline that is better in anything, as a list} */
  static String than(Contender contender, List<Row> rows) {
    StringBuilder lines = new StringBuilder();
    for (Row one : rows) {
      if (one.contender() == contender) {
        rows.stream()
            .filter(other -> !other.contender().ours())
            .forEach(
                other -> {
                  String line = line(other, one);
                  if (!line.isEmpty()) {
                    lines
                        .append("- ")
                        .append(other.contender().title())
                        .append(": ")
                        .append(line)
                        .append('\n');
                  }
                });
      }
    }
    return lines.isEmpty() ? "Nowhere in this run.\n" : lines.toString();
  }

  private static String line(Row other, Row one) {
    StringJoiner line = new StringJoiner("; ");
    ASPECTS.stream()
        .filter(aspect -> aspect.better(other, one))
        .forEach(aspect -> line.add(aspect.of(other, one)));
    return line.toString();
  }
}
