package dev.sluice.benchmarks.pipeline;

import static java.util.Locale.ROOT;

import dev.sluice.benchmarks.pipeline.SideBySideReport.Row;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What Sluice should reach beside the others, of one run. */
final class SideBySideTargets {
  private static final int LINGER_MILLIS = 10;
  private static final int STAGES = 2;

  private SideBySideTargets() {}

  static List<Target> of(
      List<Row> rows, @Nullable WriterAlone writerAlone, SideBySideReport.Settings settings) {
    List<Target> targets = new ArrayList<>();
    Row sluice = find(rows, Contender.LEDGER);
    Row byHand = find(rows, Contender.BY_HAND);
    Row parallel = find(rows, Contender.PARALLEL_CONSUMER);
    if (sluice != null && byHand != null) {
      targets.add(
          Target.atMost(0.25, "CPU an event, `LEDGER` : by hand", cpu(sluice) / cpu(byHand)));
      targets.add(Target.atLeast(4, "events/s, `LEDGER` : by hand", rate(sluice) / rate(byHand)));
    }
    if (sluice != null && parallel != null) {
      targets.add(
          Target.atMost(
              0.1, "CPU an event, `LEDGER` : parallel-consumer", cpu(sluice) / cpu(parallel)));
      targets.add(
          Target.atLeast(
              6, "events/s, `LEDGER` : parallel-consumer", rate(sluice) / rate(parallel)));
    }
    if (writerAlone != null) {
      targets.add(
          Target.atMost(
              1.25,
              "CPU an event, writer alone : the SDK's calls alone",
              writerAlone.ratio().median()));
    }
    if (sluice != null) {
      targets.add(p99(settings, "at half load", sluice.half()));
      if (sluice.steady() != null) {
        String when = String.format(ROOT, "at %,d events/s", settings.steadyPerSecond());
        targets.add(p99(settings, when, sluice.steady()));
      }
    }
    return targets;
  }

  private static Target p99(SideBySideReport.Settings settings, String when, Measurement measured) {
    return Target.atMost(
        LINGER_MILLIS + STAGES * settings.latencyMillis(),
        "p99 " + when + ", `LEDGER`, ms; linger and two requests",
        measured.latency().p99Millis());
  }

  private static @Nullable Row find(List<Row> rows, Contender contender) {
    return rows.stream().filter(row -> row.contender() == contender).findFirst().orElse(null);
  }

  private static double cpu(Row row) {
    return row.full().cpuMicros().median();
  }

  private static double rate(Row row) {
    return row.full().throughput().median();
  }
}
