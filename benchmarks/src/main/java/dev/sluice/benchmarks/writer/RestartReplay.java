package dev.sluice.benchmarks.writer;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine;
import picocli.CommandLine.Command;
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
  }

  private record Rates(double fresh, double replayed) {}

  @Option(names = "--events", description = "Records a round (default: ${DEFAULT-VALUE}).")
  private int events = 10_000;

  @Option(names = "--rounds", description = "Measured rounds of each (default: ${DEFAULT-VALUE}).")
  private int rounds = 9;

  @Option(names = "--warmup", description = "Rounds before (default: ${DEFAULT-VALUE}).")
  private int warmup = 6;

  @Option(names = "--in-flight", description = "Requests under way (default: ${DEFAULT-VALUE}).")
  private int inFlight = 40;

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
    Map<Way, List<Rates>> measured = new EnumMap<>(Way.class);
    RequestCounter requests = new RequestCounter();
    try (ServerProcess server = ServerProcess.start();
        DynamoDbAsyncClient client = server.client(inFlight, requests)) {
      Tables tables = new Tables(client);
      tables.create();
      for (int round = 0; round < warmup + rounds; round++) {
        for (Way way : Way.values()) {
          Rates rates = round(round, way, client, tables);
          if (round >= warmup) {
            measured.computeIfAbsent(way, none -> new ArrayList<>()).add(rates);
          }
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%nReplay after a restart; %d records a round, %d processors%n%-22s %12s %12s %22s%n",
        events,
        Runtime.getRuntime().availableProcessors(),
        "way",
        "fresh/s",
        "replayed/s",
        "replayed : fresh");
    measured.forEach(RestartReplay::print);
    return CommandLine.ExitCode.OK;
  }

  private static void print(Way way, List<Rates> rates) {
    Spread ratio = Spread.of(rates.stream().map(rate -> rate.replayed / rate.fresh).toList());
    System.out.printf(
        Locale.ROOT,
        "%-22s %12.0f %12.0f      %5.2f (%.2f to %.2f)%n",
        way.name().toLowerCase(Locale.ROOT).replace('_', '-'),
        Spread.of(rates.stream().map(Rates::fresh).toList()).median(),
        Spread.of(rates.stream().map(Rates::replayed).toList()).median(),
        ratio.median(),
        ratio.least(),
        ratio.most());
  }

  private Rates round(int round, Way way, DynamoDbAsyncClient client, Tables tables)
      throws InterruptedException {
    tables.empty();
    List<Event> records = Event.ofRound(round, events);
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
