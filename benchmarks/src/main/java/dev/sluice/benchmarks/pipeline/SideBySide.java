package dev.sluice.benchmarks.pipeline;

import dev.sluice.benchmarks.profile.PackageProfile;
import dev.sluice.benchmarks.report.Machine;
import dev.sluice.benchmarks.report.ResultsOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Measures whole pipelines from Kafka to DynamoDB side by side: one after another in one warm JVM,
 * between a simulated DynamoDB and a broker that are processes of their own; then, in the same JVM,
 * a backfill.
 */
@Command(
    name = "side-by-side",
    mixinStandardHelpOptions = true,
    description = "Whole pipelines from Kafka to DynamoDB: Sluice beside what is used instead.")
public final class SideBySide implements Callable<Integer> {
  private static final int INSTANCES = 3;
  private static final double HALF = 0.5;
  private static final EnumSet<Contender> BESIDE =
      EnumSet.complementOf(EnumSet.of(Contender.PLAIN_PUTS));
  private static final EnumSet<Contender> STEADY =
      EnumSet.of(
          Contender.BY_HAND,
          Contender.SPRING_KAFKA,
          Contender.PARALLEL_CONSUMER,
          Contender.LEDGER,
          Contender.KEYED_CREATE);

  @Option(
      names = "--only",
      split = ",",
      description = "Of ${COMPLETION-CANDIDATES} (default: all but plain_puts).")
  private EnumSet<Contender> only = EnumSet.copyOf(BESIDE);

  @Option(names = "--latency", description = "Of a request, ms (default: ${DEFAULT-VALUE}).")
  private int latencyMillis = 5;

  @Option(
      names = "--in-flight",
      description = "Requests under way at most (default: ${DEFAULT-VALUE}).")
  private int inFlight = 256;

  @Option(
      names = "--steady-rate",
      description =
          "Events a second at which some are measured with CPU to spare, or 0 for none (default:"
              + " ${DEFAULT-VALUE}).")
  private int steadyRate = 1_000;

  @Option(
      names = "--repeats",
      description = "Share of records that repeat an event (default: ${DEFAULT-VALUE}).")
  private double repeats = 0.01;

  @Option(names = "--seed", description = "Decides which (default: ${DEFAULT-VALUE}).")
  private long seed = 7;

  @Option(
      names = "--profile",
      description =
          "A folder for a JFR recording of what is measured of each, at each load; says whose time"
              + " it was, and keeps no report.")
  private @Nullable Path profile;

  @ArgGroup(exclusive = false, heading = "How long:%n")
  private Effort effort = new Effort();

  @ArgGroup(exclusive = false, heading = "A backfill into a table that takes long to answer:%n")
  private Backfill backfill = new Backfill();

  @Option(names = "--no-backfill", description = "Leave it out.")
  private boolean noBackfill;

  @Option(names = "--no-writer-alone", description = "Leave out the writer without Kafka.")
  private boolean noWriterAlone;

  @Option(names = "--quick", description = "A smoke run: 2 slices of a second, barely warm.")
  private boolean quick;

  @Mixin private ResultsOption results = new ResultsOption();

  private final long begun = System.nanoTime();

  private SideBySide() {}

  /**
   * Runs the measurement.
   *
   * @param arguments see {@code --help}
   */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new SideBySide())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Machine machine = Machine.here();
    if (quick) {
      effort.hurry();
      backfill.hurry();
    }
    if (profile != null) {
      Files.createDirectories(profile);
    }
    List<SideBySideReport.Row> rows = new ArrayList<>();
    @Nullable BackfillReport filled = null;
    try (Bench bench = new Bench(INSTANCES, latencyMillis, backfill.latencyMillis())) {
      EventLog log = EventLog.of(effort.atFullLoad().mostEvents() * 6 / 5, repeats, seed);
      bench.fill("events", log);
      try (ChildJvm jvm = bench.pipeline(quick)) {
        warmUp(bench, jvm);
        for (Contender contender : only) {
          rows.add(measure(bench, jvm, contender, log));
        }
        if (!noBackfill) {
          filled =
              backfill.measure(
                  bench,
                  jvm,
                  machine,
                  INSTANCES,
                  (contender, measured) ->
                      say(contender + " in the backfill: " + measured.inALine()));
        }
      }
    }
    @Nullable WriterAlone writerAlone = noWriterAlone ? null : WriterAlone.measure(quick);
    var report = new SideBySideReport(machine, settings(), rows, writerAlone);
    report.write(results.of("pipelines"));
    System.out.println(report.page());
    if (filled != null) {
      filled.write(results.of("backfill"));
      System.out.println(filled.page());
    }
    return rows.stream().allMatch(SideBySideReport.Row::passed)
            && (filled == null || filled.passed())
        ? CommandLine.ExitCode.OK
        : CommandLine.ExitCode.SOFTWARE;
  }

  /** One JVM for all: what they have in common, the SDK first of all, is compiled once. */
  private void warmUp(Bench bench, ChildJvm jvm) throws IOException {
    for (int round = 1; round <= effort.warmUpRounds(); round++) {
      for (Contender contender : only) {
        say("round " + round + " of warming up: " + contender);
        bench.warmUp(jvm, contender, "events", conditions(), effort.warmUp());
      }
    }
  }

  private SideBySideReport.Row measure(Bench bench, ChildJvm jvm, Contender contender, EventLog log)
      throws Exception {
    String loaded = contender + " at full load";
    Phases phases = effort.atFullLoad().recordedIn(recording(loaded));
    Measurement full = bench.atFullLoad(jvm, contender, "events", log, conditions(), phases);
    said(loaded, full);
    double rate = full.throughput().median() * HALF;
    Measurement half = atRate(bench, jvm, contender, rate, contender + " at half load");
    String steadily = contender + " at " + steadyRate + " events a second";
    @Nullable Measurement steady =
        steadyRate > 0 && STEADY.contains(contender)
            ? atRate(bench, jvm, contender, steadyRate, steadily)
            : null;
    return new SideBySideReport.Row(contender, full, half, steady);
  }

  private Measurement atRate(
      Bench bench, ChildJvm jvm, Contender contender, double rate, String what) throws Exception {
    Phases phases = effort.atRate().recordedIn(recording(what));
    int records = (int) (rate * 2 * phases.longestMillis() / 1_000) + 1_000;
    EventLog log = EventLog.of(records, repeats, seed);
    Measurement measured = bench.atRate(jvm, contender, log, rate, conditions(), phases);
    said(what, measured);
    return measured;
  }

  private @Nullable String recording(String what) {
    return profile == null
        ? null
        : profile.resolve(what.replace(' ', '-') + ".jfr").toAbsolutePath().toString();
  }

  private void said(String what, Measurement measured) throws IOException {
    say(what + ": " + measured.inALine());
    String recording = recording(what);
    if (recording != null) {
      System.out.println(PackageProfile.of(Path.of(recording)));
    }
  }

  private Bench.Conditions conditions() {
    return new Bench.Conditions(latencyMillis, inFlight);
  }

  private SideBySideReport.Settings settings() {
    return new SideBySideReport.Settings(
        latencyMillis,
        INSTANCES,
        inFlight,
        effort.warmUpSeconds(),
        effort.warmUpRounds(),
        effort.slices(),
        effort.sliceSeconds(),
        effort.sliceEvents(),
        steadyRate,
        repeats,
        seed);
  }

  private void say(String text) {
    System.out.printf(
        "%4d s  %s%n", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun), text);
  }
}
