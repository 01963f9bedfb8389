package dev.sluice.benchmarks.batching;

import dev.sluice.model.Mode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Shows what the linger does to latency, and to how full requests are, at rates from one event a
 * second to tens of thousands. All in virtual time: what it prints does not depend on the machine.
 */
@Command(
    name = "batching",
    mixinStandardHelpOptions = true,
    description = "Latency and fullness of requests, by mode, linger and rate; in virtual time.")
public final class Batching implements Callable<Integer> {
  @Option(
      names = "--mode",
      split = ",",
      description = "Modes of the writer (default: ${DEFAULT-VALUE}).")
  private List<Mode> modes = List.of(Mode.LEDGER, Mode.KEYED);

  @Option(
      names = "--linger",
      split = ",",
      description = "Lingers in milliseconds (default: ${DEFAULT-VALUE}).")
  private List<Integer> lingers = List.of(0, 5, 10, 50);

  @Option(
      names = "--rate",
      split = ",",
      description = "Events a second (default: ${DEFAULT-VALUE}).")
  private List<Integer> rates = List.of(1, 10, 100, 1_000, 5_000, 10_000, 50_000);

  @Option(
      names = "--latency",
      description = "Milliseconds from a request to its reply (default: ${DEFAULT-VALUE}).")
  private int latency = 5;

  @Option(
      names = "--bunch",
      description = "Events that arrive together, as of one poll (default: ${DEFAULT-VALUE}).")
  private int bunch = 1;

  @Option(names = "--in-flight", description = "Requests under way (default: ${DEFAULT-VALUE}).")
  private int inFlight = 40;

  @Option(names = "--events", description = "Events of a run (default: ${DEFAULT-VALUE}).")
  private int events = 5_003;

  @Option(names = "--seed", description = "The seed of it all (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  private Batching() {}

  /**
   * Runs the measurement.
   *
   * @param arguments see {@code --help}
   */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Batching())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments));
  }

  @Override
  public Integer call() {
    System.out.printf(
        Locale.ROOT,
        "Latency %d ms, %d in flight, %d events a run, in bunches of %d, seed %d%n%n"
            + "| mode | linger, ms | events/s | p50, ms | p99, ms | items a claim request"
            + " | items an effect request | requests an event |%n"
            + "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |%n",
        latency,
        inFlight,
        events,
        bunch,
        seed);
    for (Mode mode : modes) {
      for (int linger : lingers) {
        for (int rate : rates) {
          print(mode, linger, rate);
        }
      }
    }
    return CommandLine.ExitCode.OK;
  }

  private void print(Mode mode, int linger, int rate) {
    Load.Result result =
        new Load(
                mode,
                Duration.ofMillis(linger),
                rate,
                bunch,
                events,
                Duration.ofMillis(latency),
                inFlight,
                seed)
            .run();
    System.out.printf(
        Locale.ROOT,
        "| `%s` | %d | %,d | %.1f | %.1f | %s | %.1f | %.2f |%n",
        mode,
        linger,
        rate,
        result.p50(),
        result.p99(),
        mode == Mode.KEYED ? "" : String.format(Locale.ROOT, "%.1f", result.itemsPerClaim()),
        result.itemsPerEffect(),
        result.requestsPerEvent());
  }
}
