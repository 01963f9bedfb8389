package dev.sluice.benchmarks.flow;

import dev.sluice.benchmarks.report.Machine;
import dev.sluice.benchmarks.report.ResultsOption;
import dev.sluice.shard.KeySharder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the flow-control scenarios, prints what they show and draws it. */
@Command(
    name = "flow-scenarios",
    mixinStandardHelpOptions = true,
    description = "Budgets, hot keys and bursts against a simulated DynamoDB in virtual time.")
public final class FlowScenarios implements Callable<Integer> {
  private static final double FULL_BUDGET = 1_000;
  private static final Duration FULL_CREDIT = Duration.ofMinutes(5);
  private static final int FULL_SECONDS = 10;

  @Option(names = "--seed", description = "Repeats a run exactly (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(names = "--only", description = "Names of scenarios to run (default: all).")
  private List<String> only = List.of();

  @Mixin private ResultsOption results = new ResultsOption();

  private FlowScenarios() {}

  /**
   * Runs them.
   *
   * @param arguments see {@code --help}
   */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new FlowScenarios()).execute(arguments));
  }

  /** {@return all scenarios at their full size} */
  static List<Scenario> all() {
    return List.of(
        new FixedBudget(),
        Overload.byHand(FULL_CREDIT),
        new Overload(FULL_CREDIT),
        new OneHotKeyByHand(),
        new OneHotKey(),
        new BurstByHand(FULL_BUDGET),
        new Burst(FULL_BUDGET),
        new SkewedKeysByHand(FULL_SECONDS),
        new SkewedKeys(KeySharder.none(), FULL_SECONDS),
        new SkewedKeys(KeySharder.random(16), FULL_SECONDS),
        new MillionEvents(1_000_000, FULL_SECONDS));
  }

  @Override
  public Integer call() throws Exception {
    FlowReport report = new FlowReport(results.of("flow"), seed, Machine.here());
    List<String> missed = new ArrayList<>();
    for (Scenario scenario : all()) {
      if (only.isEmpty() || only.contains(scenario.name())) {
        Run run = scenario.run(seed);
        report.add(scenario.name(), run);
        if (!run.isReached()) {
          missed.add(scenario.name());
        }
      }
    }
    report.write();
    System.out.printf(
        Locale.ROOT,
        "%nSeed %d. %s%n",
        seed,
        missed.isEmpty() ? "All targets reached." : "Missed: " + missed);
    return missed.isEmpty() ? 0 : 1;
  }
}
