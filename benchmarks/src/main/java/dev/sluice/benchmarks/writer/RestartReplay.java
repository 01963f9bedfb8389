package dev.sluice.benchmarks.writer;

import static java.util.Locale.ROOT;

import dev.sluice.benchmarks.report.Machine;
import dev.sluice.benchmarks.report.ResultsOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/**
 * Measures how fast a writer that was restarted gets through records that it had claimed before,
 * beside how fast it claimed them: by each way of finding out whose their claims are.
 */
@Command(
    name = "restart-replay",
    mixinStandardHelpOptions = true,
    description = "Throughput of a replay after a restart, beside that of fresh records.")
public final class RestartReplay implements Callable<Integer> {
  /** How claims that exist are resolved. */
  private enum Way {
    /** Claims by statements; those that exist are read in bulk. */
    BULK_READS(UnaryOperator.identity()),
    /** Claims by statements; those that exist are put one by one, to see what stands. */
    PUTS_AFTER_STATEMENTS(client -> RestrictedAccount.withoutReads(client, Tables.LEDGER.name())),
    /** Each claim is put by itself, and what stands comes with the refusal. */
    SINGLE_PUTS(client -> RestrictedAccount.withoutBatches(client, Tables.LEDGER.name()));

    @SuppressWarnings("ImmutableEnumChecker")
    private final UnaryOperator<DynamoDbAsyncClient> account;

    Way(UnaryOperator<DynamoDbAsyncClient> account) {
      this.account = account;
    }

    @Override
    public String toString() {
      return name().toLowerCase(ROOT).replace('_', '-');
    }
  }

  private static final int WARM_UP_SHARE = 10;

  private record Rates(double fresh, double replayed) {}

  @Option(names = "--events", description = "Records a round (default: ${DEFAULT-VALUE}).")
  private int events = 100_000;

  @Option(names = "--rounds", description = "Measured rounds of each (default: ${DEFAULT-VALUE}).")
  private int rounds = 5;

  @Option(
      names = "--warmup",
      description = "Rounds before, a tenth as long (default: ${DEFAULT-VALUE}).")
  private int warmup = 10;

  @Option(names = "--in-flight", description = "Requests under way (default: ${DEFAULT-VALUE}).")
  private int inFlight = 40;

  @Mixin private ResultsOption results = new ResultsOption();

  private RestartReplay() {}

  /**
   * Runs the measurement.
   *
   * @param arguments see {@code --help}
   */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new RestartReplay()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Machine machine = Machine.here();
    Map<Way, List<Rates>> measured = new EnumMap<>(Way.class);
    RequestCounter requests = new RequestCounter();
    try (ServerProcess server = ServerProcess.start();
        DynamoDbAsyncClient client = server.client(inFlight, requests)) {
      Tables tables = new Tables(client);
      tables.create();
      for (int round = 0; round < warmup + rounds; round++) {
        boolean warm = round >= warmup;
        for (Way way : Way.values()) {
          Rates rates = round(round, warm ? events : events / WARM_UP_SHARE, way, client, tables);
          if (warm) {
            System.out.printf(
                ROOT, "%s: %,.0f/s, then %,.0f/s%n", way, rates.fresh(), rates.replayed());
            measured.computeIfAbsent(way, none -> new ArrayList<>()).add(rates);
          }
        }
      }
    }
    List<RestartReport.Row> rows = new ArrayList<>();
    measured.forEach((way, rates) -> rows.add(row(way, rates)));
    var report = new RestartReport(machine, events, rounds, inFlight, rows);
    report.write(results.of("restart"));
    System.out.println(report.page("restart.svg"));
    return CommandLine.ExitCode.OK;
  }

  private static RestartReport.Row row(Way way, List<Rates> rates) {
    return new RestartReport.Row(
        way.toString(),
        Spread.of(rates.stream().map(Rates::fresh).toList()),
        Spread.of(rates.stream().map(Rates::replayed).toList()),
        Spread.of(rates.stream().map(rate -> rate.replayed / rate.fresh).toList()));
  }

  private Rates round(int round, int count, Way way, DynamoDbAsyncClient client, Tables tables)
      throws InterruptedException {
    tables.empty();
    List<Event> records = Event.ofRound(round, count);
    DynamoDbAsyncClient account = way.account.apply(client);
    return new Rates(rate(account, records), rate(account, records));
  }

  /** By a writer of its own, which knows nothing of others. */
  private double rate(DynamoDbAsyncClient client, List<Event> records) throws InterruptedException {
    System.gc();
    try (Variant writer = SluiceVariant.create(client, inFlight)) {
      long start = System.nanoTime();
      writer.write(records);
      return records.size() * 1e9 / (System.nanoTime() - start);
    }
  }
}
