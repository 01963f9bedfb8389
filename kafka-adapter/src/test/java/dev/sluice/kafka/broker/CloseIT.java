package dev.sluice.kafka.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.kafka.broker.Groups.Protocol;
import dev.sluice.kafka.record.ConsumerCloseReport;
import dev.sluice.testkit.fault.Fault;
import dev.sluice.testkit.fault.Gate;
import dev.sluice.testkit.kafka.EmbeddedKafka;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Closing under load and while something does not answer: in time, and with nothing left behind.
 */
@Timeout(120)
class CloseIT {
  private static final int PARTITIONS = 5;
  private static final int RECORDS = 211;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  /** What does not answer. */
  enum Outage {
    /** DynamoDB takes requests and says nothing. */
    TABLES_SILENT,
    /** Every request to DynamoDB fails at once. */
    TABLES_DOWN,
    /** The broker takes requests and says nothing. */
    KAFKA_SILENT,
    /** No connection to the broker lasts. */
    KAFKA_DOWN,
    /** Neither says anything. */
    ALL_SILENT
  }

  private static EmbeddedKafka kafka;
  private static ScheduledExecutorService ticks;

  private final EventTable table = new EventTable();
  private final Set<Thread> before = new HashSet<>();
  private final AtomicInteger sent = new AtomicInteger();
  private final Gate gate = new Gate();

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start();
    ticks = Executors.newScheduledThreadPool(1);
  }

  @AfterAll
  static void stop() {
    ticks.shutdownNow();
    kafka.close();
  }

  @BeforeEach
  void lookAtThreads() {
    before.addAll(Thread.getAllStackTraces().keySet());
  }

  @AfterEach
  void restore() {
    kafka.link().restore();
    table.close();
  }

  /** Sends so many events, none of which was sent before. */
  private void produce(String topic, int count) {
    for (int end = sent.get() + count, n = sent.get(); n < end; n = sent.incrementAndGet()) {
      var unused =
          kafka
              .producer()
              .send(
                  new ProducerRecord<>(topic, n % PARTITIONS, null, ("event" + n).getBytes(UTF_8)));
    }
    kafka.producer().flush();
  }

  private void letWritesThrough() {
    var unused = gate.release();
  }

  private void holdWrites() {
    table
        .http()
        .always(
            request ->
                request.operation().startsWith("TransactWrite")
                    ? Fault.delayRequest(gate)
                    : Fault.none());
  }

  private static Map<String, Object> member(String group, Protocol protocol) {
    return Groups.member(kafka.link().clientSettings(), group, protocol);
  }

  /** The threads that a consumer, its Kafka clients and its writer have left. */
  private List<String> threadsLeft() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread))
        .map(Thread::getName)
        .filter(
            name ->
                name.startsWith("sluice")
                    || name.startsWith("consumer_background")
                    || name.startsWith("kafka-coordinator-heartbeat")
                    || name.startsWith("kafka-producer-network"))
        .toList();
  }

  private static int unfinished(ConsumerCloseReport report) {
    return report.unfinished().values().stream().mapToInt(Integer::intValue).sum();
  }

  @ParameterizedTest
  @MethodSource("dev.sluice.kafka.broker.Groups#protocols")
  void closeUnderLoadFinishesWhatItBegan(Protocol protocol) {
    String topic = "loaded-" + protocol;
    kafka.createTopic(topic, PARTITIONS);
    var sending =
        ticks.scheduleAtFixedRate(() -> produce(topic, RECORDS), 0, 50, TimeUnit.MILLISECONDS);
    var process = ServiceProcess.start(table, member(topic, protocol), topic);
    await().atMost(PATIENCE).until(() -> process.metrics().ended.get() > 3 * RECORDS);

    var report = process.close();
    sending.cancel(false);

    assertThat(report.clean()).isTrue();
    assertThat(process.metrics().ended.get()).isPositive();
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(threadsLeft()).isEmpty());
  }

  static Stream<Arguments> outages() {
    return Groups.protocols()
        .flatMap(
            protocol -> Stream.of(Outage.values()).map(outage -> Arguments.of(outage, protocol)));
  }

  @ParameterizedTest
  @MethodSource("outages")
  void closeKeepsItsDeadlineThroughAnOutageAndSaysWhatIsLeft(Outage outage, Protocol protocol) {
    String topic = "close-" + outage + "-" + protocol;
    kafka.createTopic(topic, PARTITIONS);
    produce(topic, 7);
    var process = ServiceProcess.start(table, member(topic, protocol), topic);
    await().atMost(PATIENCE).until(() -> process.metrics().ended.get() == 7);
    holdWrites();
    produce(topic, RECORDS);
    await().atMost(PATIENCE).until(() -> process.mapped() == 7 + RECORDS);
    begin(outage);

    long start = System.nanoTime();
    var report = process.closeConsumer(DEADLINE);
    Duration took = Duration.ofNanos(System.nanoTime() - start);

    assertThat(took).isLessThanOrEqualTo(DEADLINE);
    assertThat(report.terminated()).isTrue();
    assertThat(report.clean()).isFalse();
    if (outage == Outage.KAFKA_SILENT || outage == Outage.KAFKA_DOWN) {
      assertThat(unfinished(report)).isZero();
      assertThat(report.committed()).isFalse();
    } else {
      assertThat(unfinished(report)).isEqualTo(RECORDS);
    }
    assertThat(process.fatal()).isNull();
    process.closeWriter(Duration.ofSeconds(1));
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(threadsLeft()).isEmpty());
  }

  private void begin(Outage outage) {
    switch (outage) {
      case TABLES_SILENT -> table.http().hang();
      case TABLES_DOWN -> table.http().crash();
      case KAFKA_SILENT -> {
        kafka.link().silence();
        letWritesThrough();
      }
      case KAFKA_DOWN -> {
        kafka.link().cut();
        letWritesThrough();
      }
      case ALL_SILENT -> {
        kafka.link().silence();
        table.http().hang();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.sluice.kafka.broker.Groups#protocols")
  void aCloseDuringARevokeEndsWithinItsTime(Protocol protocol) {
    String topic = "close-revoke-" + protocol;
    kafka.createTopic(topic, PARTITIONS);
    holdWrites();
    produce(topic, RECORDS);
    Map<String, Object> settings = member(topic, protocol);
    var process = ServiceProcess.start(table, settings, topic);
    await().atMost(PATIENCE).until(() -> process.mapped() == RECORDS);
    var other = ServiceProcess.start(table, settings, topic);
    await()
        .atMost(PATIENCE)
        .until(() -> process.health().polling().sinceLast().compareTo(Duration.ofMillis(701)) > 0);

    long start = System.nanoTime();
    var report = process.closeConsumer(DEADLINE);
    Duration took = Duration.ofNanos(System.nanoTime() - start);

    assertThat(took).isLessThanOrEqualTo(DEADLINE);
    assertThat(report.terminated()).isTrue();
    assertThat(process.metrics().unfinished.get()).isPositive();
    process.closeWriter(Duration.ofSeconds(1));
    letWritesThrough();
    other.close(DEADLINE);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(threadsLeft()).isEmpty());
  }
}
