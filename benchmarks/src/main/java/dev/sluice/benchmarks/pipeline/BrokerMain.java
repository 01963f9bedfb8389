package dev.sluice.benchmarks.pipeline;

import dev.sluice.testkit.kafka.EmbeddedKafka;
import java.util.Map;

/** A Kafka broker as a process. */
final class BrokerMain {
  /** Where it listens. */
  record Address(String bootstrapServers) {}

  /** Asks for {@link Stats}. */
  record StatsRequest(String ask) {
    static final StatsRequest NOW = new StatsRequest("stats");
  }

  /** The CPU time of this process. */
  record Stats(long cpuNanos) {}

  /** A busy machine is no reason for the broker to fence itself. */
  private static final Map<String, String> SETTINGS = Map.of("broker.session.timeout.ms", "30000");

  private BrokerMain() {}

  public static void main(String[] arguments) throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(SETTINGS)) {
      JsonLines.serve(
          new Address(kafka.bootstrapServers()),
          StatsRequest.class,
          asked -> new Stats(ProcessCpu.nanos()));
    }
    System.exit(0);
  }
}
