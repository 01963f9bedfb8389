package dev.sluice.examples.earthquakes;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.DeadLetterReplay;
import dev.sluice.kafka.record.ReplayReport;
import dev.sluice.model.Table;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/**
 * Replays the service's dead letters, after their cause was mended: the same mapper, tables and
 * ledger. It may be run as often as one likes, also while the service runs.
 */
public final class ReplayEarthquakes {
  private ReplayEarthquakes() {}

  /**
   * Replays what the topic holds now.
   *
   * @param kafka how to connect, and the group of the service whose dead letters they are
   * @param dynamo where the tables are
   * @param topic the dead-letter topic
   * @param reasons the reasons to replay; empty for all
   * @param fromBeginning whether to begin at the beginning
   */
  static ReplayReport replay(
      Map<String, Object> kafka,
      DynamoDbAsyncClient dynamo,
      String topic,
      List<String> reasons,
      boolean fromBeginning) {
    IdempotentWriter writer =
        IdempotentWriter.builder(dynamo)
            .ledger(EarthquakeTables.LEDGER)
            .table(Table.named(EarthquakeTables.EARTHQUAKES), EarthquakeTables.SHARDER)
            .build();
    try {
      var replay =
          DeadLetterReplay.builder(kafka, writer)
              .deadLetterTopic(topic)
              .mapper(new EarthquakeMapper())
              .reasons(reasons)
              .recordsPerSecond(1_000);
      if (fromBeginning) {
        replay.fromBeginning();
      }
      return replay.build().run();
    } finally {
      writer.close(Duration.ofSeconds(10));
    }
  }

  /**
   * Runs one replay, and ends with status 1 if something failed again.
   *
   * @param args Kafka's bootstrap servers, DynamoDB's endpoint, and the reasons to replay, if not
   *     all
   */
  public static void main(String[] args) {
    if (args.length < 2) {
      System.err.println(
          "usage: ReplayEarthquakes BOOTSTRAP_SERVERS DYNAMODB_ENDPOINT [REASON...]");
      System.exit(2);
    }
    ReplayReport report;
    try (DynamoDbAsyncClient dynamo = EarthquakeService.client(URI.create(args[1]))) {
      report =
          replay(
              Map.of("bootstrap.servers", args[0], "group.id", EarthquakeTables.GROUP),
              dynamo,
              EarthquakeTables.DEAD_LETTERS,
              List.of(args).subList(2, args.length),
              false);
    }
    System.out.println(report);
    System.exit(report.isClean() ? 0 : 1);
  }
}
