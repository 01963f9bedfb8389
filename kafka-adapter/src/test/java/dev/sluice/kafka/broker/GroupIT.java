package dev.sluice.kafka.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.kafka.broker.Groups.Protocol;
import dev.sluice.kafka.record.ConsumerHealth.State;
import dev.sluice.testkit.fault.Fault;
import dev.sluice.testkit.fault.Gate;
import dev.sluice.testkit.kafka.EmbeddedKafka;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two members of a group, under each protocol, and what may come between them. */
@Timeout(120)
class GroupIT {
  private static final int PARTITIONS = 5;
  private static final int RECORDS = 1_009;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static EmbeddedKafka kafka;

  private final EventTable table = new EventTable();
  private final Gate gate = new Gate();

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @AfterEach
  void closeTable() {
    table.close();
  }

  private static void produce(String topic) {
    kafka.createTopic(topic, PARTITIONS);
    for (int n = 0; n < RECORDS; n++) {
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

  private void awaitAllCommitted(String topic) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(kafka.committed(topic))
                    .isEqualTo(Groups.ends(kafka, topic, PARTITIONS)));
  }

  private void assertEachCountedOnce() {
    Map<String, Integer> expected = new HashMap<>();
    for (int n = 0; n < RECORDS; n++) {
      expected.put("event" + n, 1);
    }
    assertThat(table.counts()).isEqualTo(expected);
  }

  /** A member in a rebalance callback does not come back from its poll. */
  private static void awaitRevoke(ServiceProcess process) {
    await()
        .atMost(PATIENCE)
        .until(() -> process.health().polling().sinceLast().compareTo(Duration.ofMillis(701)) > 0);
  }

  @ParameterizedTest
  @MethodSource("dev.sluice.kafka.broker.Groups#protocols")
  void aRevokeDrainsThenCommitsAndNothingComesAgain(Protocol protocol) {
    String topic = "drained-" + protocol;
    produce(topic);
    holdWrites();
    Map<String, Object> settings = Groups.member(kafka.clientSettings(), topic, protocol);
    var first = ServiceProcess.start(table, settings, topic);
    await().atMost(PATIENCE).until(() -> first.mapped() == RECORDS);

    var second = ServiceProcess.start(table, settings, topic);
    awaitRevoke(first);
    letWritesThrough();

    awaitAllCommitted(topic);
    await().atMost(PATIENCE).until(() -> !second.health().partitions().isEmpty());
    assertThat(first.metrics().revocations.get()).isPositive();
    assertThat(first.metrics().unfinished.get()).isZero();
    assertThat(second.metrics().received.get()).isZero();
    assertThat(first.metrics().received.get()).isEqualTo(RECORDS);
    assertThat(first.close().clean()).isTrue();
    assertThat(second.close().clean()).isTrue();
    assertEachCountedOnce();
  }

  @ParameterizedTest
  @MethodSource("dev.sluice.kafka.broker.Groups#protocols")
  void whatARevokeCannotWaitForComesAgainAndCountsOnce(Protocol protocol) {
    String topic = "handed-over-" + protocol;
    produce(topic);
    holdWrites();
    Map<String, Object> settings = Groups.member(kafka.clientSettings(), topic, protocol);
    settings.put("sluice.drain.timeout.ms", 503);
    var first = ServiceProcess.start(table, settings, topic);
    await().atMost(PATIENCE).until(() -> first.mapped() == RECORDS);

    var second = ServiceProcess.start(table, settings, topic);
    await().atMost(PATIENCE).until(() -> second.metrics().received.get() > 0);
    assertThat(first.metrics().unfinished.get()).isPositive();
    letWritesThrough();

    awaitAllCommitted(topic);
    assertThat(first.close().clean()).isTrue();
    assertThat(second.close().clean()).isTrue();
    assertEachCountedOnce();
  }

  @ParameterizedTest
  @MethodSource("dev.sluice.kafka.broker.Groups#protocols")
  void aMemberThatPollsTooLateIsThrownOutSaysSoAndComesBack(Protocol protocol) {
    String topic = "late-" + protocol;
    produce(topic);
    Map<String, Object> settings = Groups.member(kafka.clientSettings(), topic, protocol);
    settings.put("max.poll.interval.ms", 4_001);
    settings.put("sluice.drain.timeout.ms", 307);
    settings.put("sluice.commit.timeout.ms", 307);
    var reached = new AtomicBoolean();
    var goOn = new CountDownLatch(1);
    var first =
        ServiceProcess.start(
            table,
            settings,
            record -> {
              if (record.offset() == 101 && reached.compareAndSet(false, true)) {
                goOn.await();
              }
              return ServiceProcess.COUNTING.map(record);
            },
            topic);
    await().atMost(PATIENCE).until(reached::get);

    var second = ServiceProcess.start(table, settings, topic);
    await().atMost(PATIENCE).until(() -> second.health().partitions().size() == PARTITIONS);
    assertThat(first.health().problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem).contains("max.poll.interval.ms is 4001"));
    goOn.countDown();

    awaitAllCommitted(topic);
    await()
        .atMost(PATIENCE)
        .until(() -> first.health().isHealthy() && !first.health().partitions().isEmpty());
    assertThat(Duration.ofNanos(first.metrics().longestPollNanos.get()))
        .isGreaterThan(Duration.ofMillis(4_001));
    assertThat(first.metrics().losses.get()).isPositive();
    assertThat(first.fatal()).isNull();
    assertThat(first.close().clean()).isTrue();
    assertThat(second.close().clean()).isTrue();
    assertEachCountedOnce();
  }

  @ParameterizedTest
  @MethodSource("dev.sluice.kafka.broker.Groups#protocols")
  void ofTwoMembersWithOneNameOneEndsByNameAndTheOtherGoesOn(Protocol protocol) {
    String topic = "fenced-" + protocol;
    produce(topic);
    Map<String, Object> settings = Groups.member(kafka.clientSettings(), topic, protocol);
    settings.put("group.instance.id", "the-only-one");
    var first = ServiceProcess.start(table, settings, topic);
    await().atMost(PATIENCE).until(() -> first.metrics().received.get() > 0);

    var second = ServiceProcess.start(table, settings, topic);
    // The classic protocol fences the elder, the new one turns the newcomer away.
    var fenced = protocol == Protocol.CONSUMER ? second : first;
    var other = protocol == Protocol.CONSUMER ? first : second;
    await().atMost(PATIENCE).until(() -> fenced.fatal() != null);

    assertThat(fenced.fatal())
        .isInstanceOf(
            protocol == Protocol.CONSUMER
                ? UnreleasedInstanceIdException.class
                : FencedInstanceIdException.class);
    assertThat(fenced.health().state()).isEqualTo(State.FAILED);
    assertThat(fenced.health().problems()).containsExactly("The consumer is FAILED.");
    awaitAllCommitted(topic);
    assertThat(other.fatal()).isNull();
    assertThat(other.health().isHealthy()).isTrue();
    assertThat(other.close().clean()).isTrue();
    fenced.close();
    assertEachCountedOnce();
  }
}
