package dev.sluice.examples.earthquakes;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.kafka.record.DeadLetterHeaders;
import dev.sluice.testkit.dynamodb.EmbeddedDynamoDb;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.kafka.EmbeddedKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * The whole story on this machine: a real Kafka broker and DynamoDB Local in this JVM, the service
 * in another, which is killed half-way with claims made and effects not yet, and a second one that
 * takes over. At the end the table is compared with the input.
 */
public final class EarthquakeDemo {
  private static final long SEED = 20180207;
  private static final int RECORDS_A_SECOND = 160;
  private static final Duration LIMIT = Duration.ofSeconds(100);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  private final List<Earthquake> input = EarthquakeFeed.read();
  private final Display display = new Display(System.out, Display.isTerminal());
  private final Instant began = Instant.now();
  private final Path logs;
  private final EmbeddedKafka kafka;
  private final EmbeddedDynamoDb dynamo;
  private long lastItems;
  private Instant lastLook = began;
  private double rate;

  private EarthquakeDemo(EmbeddedKafka kafka, EmbeddedDynamoDb dynamo, Path logs) {
    this.kafka = kafka;
    this.dynamo = dynamo;
    this.logs = logs;
  }

  /**
   * Runs the demo; the status is 0 if nothing was lost or doubled.
   *
   * @param args a directory for the services' logs; {@code target/demo} if none is given
   */
  public static void main(String[] args) {
    System.out.println("Starting a Kafka broker and DynamoDB Local ...");
    Verdict verdict;
    try (EmbeddedKafka kafka = EmbeddedKafka.start();
        EmbeddedDynamoDb dynamo = EmbeddedDynamoDb.start()) {
      Path logs = Path.of(args.length > 0 ? args[0] : "target/demo");
      verdict = new EarthquakeDemo(kafka, dynamo, logs).run();
    }
    System.out.println(verdict.resultLine());
    System.exit(verdict.holds() ? 0 : 1);
  }

  private Verdict run() {
    kafka.createTopic(EarthquakeTables.TOPIC, EarthquakeTables.PARTITIONS);
    kafka.createTopic(EarthquakeTables.DEAD_LETTERS, 1);
    dynamo.createTable(
        EarthquakeTables.EARTHQUAKES,
        KeyAttribute.string(EarthquakeTables.NETWORK),
        KeyAttribute.string(EarthquakeTables.TIME_AND_ID));
    dynamo.client().createTable(EarthquakeTables.LEDGER.createTableRequest()).join();
    dynamo.client().updateTimeToLive(EarthquakeTables.LEDGER.timeToLiveRequest()).join();
    try (AtLeastOnceProducer producer =
        new AtLeastOnceProducer(kafka.bootstrapServers(), input, SEED)) {
      display.say(
          "%,d earthquakes will be published as %,d records: about 30%% of them come again, and %d are malformed."
              .formatted(input.size(), producer.size(), AtLeastOnceProducer.MALFORMED));
      killHalfWay(producer);
      takeOver(producer);
    }
    return report();
  }

  private void killHalfWay(AtLeastOnceProducer producer) {
    try (ServiceProcess first = service("service-1")) {
      producer.start(RECORDS_A_SECOND);
      Tally tally = watch(first, "service 1", now -> now.items() >= input.size() / 2);
      // The moment that a textbook ledger does not survive: claims made, their effects not yet.
      while (tally.claims() <= tally.items()) {
        requireInTime(tally);
        tally = tally();
      }
      first.kill();
    }
    Tally left = tally();
    display.say(
        ("Killed service 1 as kill -9 does: it leaves %d claims whose effects were not made, and %d"
                + " records uncommitted. Service 2 takes over when Kafka misses the first.")
            .formatted(left.claims() - left.items(), left.lag()));
  }

  private void takeOver(AtLeastOnceProducer producer) {
    try (ServiceProcess second = service("service-2")) {
      watch(
          second,
          "service 2",
          now ->
              producer.sent() == producer.size()
                  && now.lag() == 0
                  && now.published() == producer.size());
    }
  }

  private ServiceProcess service(String name) {
    return ServiceProcess.start(name, kafka.bootstrapServers(), dynamo.endpoint(), logs);
  }

  private Tally watch(ServiceProcess service, String name, Predicate<Tally> until) {
    Tally tally;
    boolean done;
    do {
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
      service.requireRunning();
      tally = tally();
      requireInTime(tally);
      measureRate(tally);
      done = until.test(tally);
      display.progress(elapsed(), input.size(), tally, rate, name, done);
    } while (!done);
    return tally;
  }

  private void requireInTime(Tally tally) {
    if (elapsed().compareTo(LIMIT) > 0) {
      throw new IllegalStateException("Not done within " + LIMIT + ": " + tally);
    }
  }

  private void measureRate(Tally tally) {
    Instant now = Instant.now();
    double seconds = Duration.between(lastLook, now).toMillis() / 1000.0;
    double current = (tally.items() - lastItems) / Math.max(seconds, 0.001);
    rate = 0.7 * rate + 0.3 * current;
    lastItems = tally.items();
    lastLook = now;
  }

  private Tally tally() {
    return Tally.count(kafka.admin(), dynamo.client());
  }

  private Duration elapsed() {
    return Duration.between(began, Instant.now());
  }

  private Verdict report() {
    List<ConsumerRecord<byte[], byte[]>> deadLetters = kafka.readAll(EarthquakeTables.DEAD_LETTERS);
    Verdict verdict =
        Verdict.of(
            input,
            kafka.readAll(EarthquakeTables.TOPIC),
            deadLetters,
            dynamo.items(EarthquakeTables.EARTHQUAKES));
    NetworkReport.read(dynamo.client(), EarthquakeTables.SHARDER, "ci").print(display, 5);
    display.heading("Dead letters");
    for (ConsumerRecord<byte[], byte[]> letter : deadLetters) {
      display.say(
          "  %-18s %-16s %s"
              .formatted(
                  header(letter, DeadLetterHeaders.SOURCE),
                  header(letter, DeadLetterHeaders.REASON),
                  header(letter, DeadLetterHeaders.DETAIL)));
    }
    display.heading("Compared with the input");
    row("events in the input", verdict.events());
    row("in the table", verdict.applied());
    row("duplicates dropped", verdict.duplicates());
    row("dead letters", verdict.deadLetters());
    row("dead letters sent again after the kill", verdict.repeatedDeadLetters());
    row("lost", verdict.lost());
    row("in the table twice", verdict.doubled());
    row("in the table, but not as in the input", verdict.wrong());
    display.say("  done in %.1f s".formatted(elapsed().toMillis() / 1000.0));
    display.say("");
    return verdict;
  }

  private void row(String name, int count) {
    display.say("  %-40s %,6d".formatted(name, count));
  }

  private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
    Header header = letter.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }
}
