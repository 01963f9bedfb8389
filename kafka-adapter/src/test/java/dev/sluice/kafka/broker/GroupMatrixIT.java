package dev.sluice.kafka.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.kafka.broker.Groups.Protocol;
import dev.sluice.testkit.fault.Fault;
import dev.sluice.testkit.kafka.EmbeddedKafka;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each group protocol, with static members and without, on a real broker: the processes of a
 * service restart one after the other, in order or in haste, and the broker bounces, while events
 * arrive. Each event must be counted once. One cell in every build; all with {@code
 * -Dsluice.full=true}.
 */
@Timeout(180)
class GroupMatrixIT {
  private static final int PROCESSES = 3;
  private static final int PARTITIONS = 12;
  private static final int RECORDS = 20_011;

  /** Every so many records an event comes again, to another partition. */
  private static final int REPEAT_EVERY = 211;

  private static final int REPEAT_AFTER = 7;
  private static final int RECORDS_A_TICK = 101;
  private static final Duration TICK = Duration.ofMillis(50);
  private static final Duration HASTE = Duration.ofMillis(1);
  private static final Duration COMMIT_INTERVAL = Duration.ofMillis(31);

  private static EmbeddedKafka kafka;
  private static ScheduledExecutorService ticks;

  private final List<ServiceProcess> all = new ArrayList<>();
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicBoolean held = new AtomicBoolean();

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

  static Stream<Arguments> cells() {
    Stream<Arguments> all =
        Stream.of(Protocol.values())
            .flatMap(
                protocol -> Stream.of(Arguments.of(protocol, false), Arguments.of(protocol, true)));
    return Boolean.getBoolean("sluice.full")
        ? all
        : Stream.of(Arguments.of(Protocol.COOPERATIVE, true));
  }

  @ParameterizedTest(name = "{0}, static members: {1}")
  @MethodSource("cells")
  void eachEventCountsOnceWhileProcessesRestartAndTheBrokerBounces(
      Protocol protocol, boolean staticMembers) {
    String topic = "matrix-" + protocol + "-" + staticMembers;
    kafka.createTopic(topic, PARTITIONS);
    try (var table = new EventTable()) {
      var cell = new Cell(table, topic, protocol, staticMembers);
      cell.run();

      Map<String, Integer> expected = new HashMap<>();
      for (int n = 0; n < RECORDS; n++) {
        expected.put(eventId(n), 1);
      }
      assertThat(table.counts()).isEqualTo(expected);
      assertThat(all).extracting(ServiceProcess::fatal).containsOnlyNulls();
      System.out.printf(
          "%s: received %d of %d, assignments %d, revocations %d, losses %d, unfinished %d, commits failed %d%n",
          topic,
          sum(metrics -> metrics.received.get()),
          RECORDS,
          sum(metrics -> metrics.assignments.get()),
          sum(metrics -> metrics.revocations.get()),
          sum(metrics -> metrics.losses.get()),
          sum(metrics -> metrics.unfinished.get()),
          sum(metrics -> metrics.commitFailures.get()));
    }
  }

  private int sum(ToIntFunction<RecordedMetrics> what) {
    return all.stream().map(ServiceProcess::metrics).mapToInt(what).sum();
  }

  private static String eventId(int record) {
    return "event-" + (record % REPEAT_EVERY == REPEAT_EVERY - 1 ? record - REPEAT_AFTER : record);
  }

  /** One run of the matrix. */
  private final class Cell {
    private final EventTable table;
    private final String topic;
    private final Protocol protocol;
    private final boolean staticMembers;
    private final ServiceProcess[] alive = new ServiceProcess[PROCESSES];

    Cell(EventTable table, String topic, Protocol protocol, boolean staticMembers) {
      this.table = table;
      this.topic = topic;
      this.protocol = protocol;
      this.staticMembers = staticMembers;
    }

    void run() {
      for (int i = 0; i < PROCESSES; i++) {
        start(i);
      }
      var sending =
          ticks.scheduleAtFixedRate(this::send, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
      List<Runnable> steps =
          List.of(
              () -> restart(0, false),
              () -> restart(1, true),
              () -> restart(2, false),
              kafka::bounce,
              () -> restart(0, true),
              () -> restart(1, false),
              () -> restart(2, true));
      for (int step = 0; step < steps.size(); step++) {
        int due = RECORDS / (steps.size() + 1) * (step + 1);
        await().atMost(Duration.ofSeconds(60)).until(() -> sent.get() >= due && busy());
        steps.get(step).run();
      }
      await().atMost(Duration.ofSeconds(60)).until(() -> sent.get() == RECORDS);
      sending.cancel(false);
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(kafka.committed(topic))
                      .isEqualTo(Groups.ends(kafka, topic, PARTITIONS)));
      for (ServiceProcess process : alive) {
        assertThat(process.close().clean()).isTrue();
      }
    }

    /** Whether the group has got to some of what was sent since the last step. */
    private boolean busy() {
      return 10 * sum(metrics -> metrics.ended.get()) >= 9 * sent.get() - RECORDS_A_TICK;
    }

    private void send() {
      int end = held.get() ? sent.get() : Math.min(RECORDS, sent.get() + RECORDS_A_TICK);
      for (int n = sent.get(); n < end; n++) {
        var unused =
            kafka
                .producer()
                .send(
                    new ProducerRecord<>(topic, n % PARTITIONS, null, eventId(n).getBytes(UTF_8)));
        sent.incrementAndGet();
      }
    }

    private void start(int i) {
      Map<String, Object> settings = Groups.member(kafka.clientSettings(), topic, protocol);
      if (staticMembers) {
        settings.put("group.instance.id", "process-" + i);
      }
      settings.put("max.poll.records", 53);
      // Often enough that what commits too much has done so when a process ends in haste.
      settings.put("sluice.commit.interval.ms", COMMIT_INTERVAL.toMillis());
      alive[i] = ServiceProcess.start(table, settings, topic);
      all.add(alive[i]);
    }

    private void restart(int i, boolean hasty) {
      if (hasty) {
        // What it takes in from now on dies with it, whatever is committed meanwhile.
        table.http().always(request -> Fault.swallowRequest());
        int received = alive[i].metrics().received.get();
        await()
            .atMost(Duration.ofSeconds(60))
            .until(
                () ->
                    alive[i].metrics().received.get() > received + RECORDS_A_TICK
                        || sent.get() == RECORDS);
        Instant settled = Instant.now().plus(COMMIT_INTERVAL.multipliedBy(7));
        await().atMost(Duration.ofSeconds(60)).until(() -> Instant.now().isAfter(settled));
        alive[i].close(HASTE);
        table.http().reset();
      } else {
        assertThat(alive[i].close().terminated()).isTrue();
      }
      start(i);
      if (hasty && staticMembers && protocol == Protocol.CONSUMER) {
        // All that comes after is to meet traffic.
        held.set(true);
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> admitted(i) && alive[i].metrics().assignments.get() > 0);
        held.set(false);
      }
    }

    /**
     * This protocol keeps the id of a member that could not say good-bye until its session is over,
     * and refuses it to the next one until then: whoever looks after a service starts it again.
     */
    private boolean admitted(int i) {
      boolean refused = alive[i].fatal() instanceof UnreleasedInstanceIdException;
      if (refused) {
        all.remove(alive[i]);
        assertThat(alive[i].close().terminated()).isTrue();
        start(i);
      }
      return !refused;
    }
  }
}
