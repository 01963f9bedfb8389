package dev.sluice.benchmarks.writer;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.benchmarks.profile.PackageProfile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/**
 * Measures the client's CPU per event, the contenders taking turns in one warm JVM. The service
 * runs in a process of its own, answers at once, and is stopped at the end.
 */
@Command(
    name = "client-cpu",
    mixinStandardHelpOptions = true,
    description = "Client CPU per event: Sluice beside the bare SDK making the same requests.")
public final class ClientCpu implements Callable<Integer> {
  @Option(names = "--events", description = "Events a round (default: ${DEFAULT-VALUE}).")
  private int events = 20_000;

  @Option(names = "--rounds", description = "Measured rounds of each (default: ${DEFAULT-VALUE}).")
  private int rounds = 11;

  @Option(names = "--warmup", description = "Rounds before (default: ${DEFAULT-VALUE}).")
  private int warmup = 8;

  @Option(names = "--in-flight", description = "Requests under way (default: ${DEFAULT-VALUE}).")
  private int inFlight = 40;

  @Option(
      names = "--only",
      split = ",",
      description = "Of ${COMPLETION-CANDIDATES} (default: all).")
  private EnumSet<Contender> only = EnumSet.allOf(Contender.class);

  @Option(
      names = "--profile",
      description = "Record the measured rounds here (.jfr) and say where time and bytes go.")
  private @Nullable Path profile;

  @Option(names = "--json", description = "Write the figures there as well.")
  private @Nullable Path json;

  @Option(names = "--quick", description = "A smoke run: 2 rounds of 1,000 events, barely warm.")
  private boolean quick;

  private ClientCpu() {}

  /**
   * Runs the measurement.
   *
   * @param arguments see {@code --help}
   */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new ClientCpu())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    if (quick) {
      events = 1_000;
      rounds = 2;
      warmup = 1;
    }
    RequestCounter requests = new RequestCounter();
    try (ServerProcess server = ServerProcess.start();
        DynamoDbAsyncClient client = server.client(inFlight, requests)) {
      Tables tables = new Tables(client);
      tables.create();
      Map<Contender, Variant> variants = new EnumMap<>(Contender.class);
      only.forEach(contender -> variants.put(contender, contender.make(client, inFlight)));
      try {
        run(tables, variants, requests);
      } finally {
        variants.values().forEach(Variant::close);
      }
    }
    return CommandLine.ExitCode.OK;
  }

  private void run(Tables tables, Map<Contender, Variant> variants, RequestCounter requests)
      throws Exception {
    Report report = new Report(events);
    for (int round = 0; round < warmup; round++) {
      round(round, tables, variants, requests, new Report(events));
    }
    Recording recording = profile == null ? null : PackageProfile.record();
    for (int round = warmup; round < warmup + rounds; round++) {
      round(round, tables, variants, requests, report);
    }
    System.out.println(report);
    if (json != null) {
      new ObjectMapper().writeValue(json.toFile(), report.figures());
    }
    if (recording != null && profile != null) {
      recording.dump(profile);
      recording.close();
      System.out.println(PackageProfile.of(profile));
    }
  }

  /** Every contender once, another one first each time. */
  private void round(
      int round,
      Tables tables,
      Map<Contender, Variant> variants,
      RequestCounter requests,
      Report report)
      throws InterruptedException {
    List<Map.Entry<Contender, Variant>> order = new ArrayList<>(variants.entrySet());
    Collections.rotate(order, round);
    for (Map.Entry<Contender, Variant> next : order) {
      tables.empty();
      List<Event> prepared = Event.ofRound(round, events);
      System.gc();
      requests.take();
      long start = System.nanoTime();
      ThreadCpu before = ThreadCpu.read();
      next.getValue().write(prepared);
      ThreadCpu taken = ThreadCpu.read().since(before);
      report.add(next.getKey(), taken, System.nanoTime() - start, requests.take());
    }
  }
}
