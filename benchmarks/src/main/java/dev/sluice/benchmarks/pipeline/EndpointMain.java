package dev.sluice.benchmarks.pipeline;

import static java.util.Objects.requireNonNull;

import dev.sluice.testkit.simulated.engine.Operation;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import dev.sluice.testkit.simulated.server.SimulatedDynamoDbServer;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The simulated DynamoDB as a process: the tables that runs are measured on behind each of some
 * latencies and, for whoever prepares and checks them, without; and others without latency, to warm
 * up on.
 */
final class EndpointMain {
  /**
   * Where it listens.
   *
   * @param measured by latency in milliseconds
   * @param unhurried the same tables, at once
   * @param warmUp other tables, at once
   */
  record Addresses(Map<Integer, URI> measured, URI unhurried, URI warmUp) {}

  /** What it may be asked. */
  enum Question {
    /** For {@link Stats}. */
    STATS,
    /** For {@link Keys}. */
    KEYS
  }

  /** The keys of all items that the measured data table holds. */
  record Keys(List<String> keys) {}

  /**
   * What the measured tables have served so far.
   *
   * @param requests by operation, those on tables themselves left out
   * @param writeUnits of all tables
   * @param cpuNanos of this process
   */
  record Stats(Map<String, Long> requests, double writeUnits, long cpuNanos) {
    Stats since(Stats before) {
      Map<String, Long> more = new TreeMap<>();
      requests.forEach(
          (operation, count) -> {
            long of = count - before.requests.getOrDefault(operation, 0L);
            if (of > 0) {
              more.put(operation, of);
            }
          });
      return new Stats(more, writeUnits - before.writeUnits, cpuNanos - before.cpuNanos);
    }
  }

  private final SimulatedDynamoDb service = SimulatedDynamoDb.create();

  private EndpointMain() {}

  public static void main(String[] arguments) throws Exception {
    EndpointMain endpoint = new EndpointMain();
    Map<Integer, SimulatedDynamoDbServer> measured = new TreeMap<>();
    try (var unhurried = SimulatedDynamoDbServer.start(endpoint.service, 0, Duration.ZERO);
        var warmUp = SimulatedDynamoDbServer.start(SimulatedDynamoDb.create(), 0, Duration.ZERO)) {
      Map<Integer, URI> addresses = new TreeMap<>();
      for (String argument : arguments) {
        int millis = Integer.parseInt(argument);
        var server = SimulatedDynamoDbServer.start(endpoint.service, 0, Duration.ofMillis(millis));
        measured.put(millis, server);
        addresses.put(millis, server.endpoint());
      }
      JsonLines.serve(
          new Addresses(addresses, unhurried.endpoint(), warmUp.endpoint()),
          Question.class,
          endpoint::answer);
    } finally {
      measured.values().forEach(SimulatedDynamoDbServer::close);
    }
  }

  private Object answer(Question question) {
    return switch (question) {
      case STATS -> stats();
      case KEYS -> keys();
    };
  }

  private Keys keys() {
    synchronized (service) {
      return new Keys(
          service.items(Tables.DATA).stream()
              .map(item -> requireNonNull(item.get(Tables.KEY), Tables.KEY).s())
              .toList());
    }
  }

  private Stats stats() {
    synchronized (service) {
      Map<String, Long> requests = new TreeMap<>();
      for (Map.Entry<Operation, Long> each : service.requests().entrySet()) {
        switch (each.getKey()) {
          case PUT_ITEM,
              BATCH_WRITE_ITEM,
              BATCH_EXECUTE_STATEMENT,
              BATCH_GET_ITEM,
              TRANSACT_WRITE_ITEMS,
              UPDATE_ITEM,
              DELETE_ITEM,
              GET_ITEM ->
              requests.put(each.getKey().wireName(), each.getValue());
          default -> {
            // Not made by pipelines, or only when they start.
          }
        }
      }
      double units =
          service.tables().stream().mapToDouble(table -> service.usage(table).writeUnits()).sum();
      return new Stats(requests, units, ProcessCpu.nanos());
    }
  }
}
