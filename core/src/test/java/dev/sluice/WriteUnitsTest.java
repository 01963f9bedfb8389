package dev.sluice;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fake.Worker.Ended;
import dev.sluice.model.Effect;
import dev.sluice.model.KeySchema;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Mode;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Table;
import dev.sluice.model.Write;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.simulated.client.Latency;
import dev.sluice.testkit.simulated.client.Mishaps;
import dev.sluice.testkit.simulated.client.SimulatedDynamoDbClient;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** What an event costs, in write units as the service counts them: no hidden bill. */
class WriteUnitsTest {
  private static final String LEDGER = "ledger";
  private static final String DATA = "data";
  private static final Table PLAIN =
      Table.named(DATA).keys(KeySchema.of("pk", ScalarAttributeType.S));
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final int BURST = 499;
  private static final int DISTINCT = 10_007;
  private static final int DUPLICATE_EVERY = 100;

  /**
   * A mode with an effect, and the most that an event of at most 1 KB costs.
   *
   * @param firstSight units, exactly
   * @param duplicate units of one that comes alone
   * @param duplicateAmongMany units of each
   * @param duplicateBeside units of each that comes while its canonical record is under way
   * @param ownReplay units of each
   * @param mixed units for each distinct event, at 1% duplicates
   */
  private record Bill(
      String name,
      UnaryOperator<IdempotentWriterBuilder> settings,
      Function<Map<String, AttributeValue>, Effect> effect,
      double firstSight,
      double duplicate,
      double duplicateAmongMany,
      double duplicateBeside,
      double ownReplay,
      double mixed) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Stream<Bill> bills() {
    Function<Map<String, AttributeValue>, Effect> create = item -> new Effect.Create(DATA, item);
    Function<Map<String, AttributeValue>, Effect> put = item -> new Effect.Put(DATA, item);
    Function<Map<String, AttributeValue>, Effect> newer =
        item -> new Effect.PutIfNewer(DATA, item, 1);
    return Stream.of(
        ledger("LEDGER, create", create),
        ledger("LEDGER, put", put),
        ledger("LEDGER, putIfNewer", newer),
        new Bill(
            "LEDGER, create of items that expire",
            WriteUnitsTest::ledger,
            create,
            2,
            1,
            2,
            0,
            4,
            2.04),
        new Bill(
            "KEYED, create of items that expire",
            settings -> settings.mode(Mode.KEYED),
            create,
            1,
            1,
            2,
            2,
            2,
            1.03),
        keyed("KEYED, create", create),
        keyed("KEYED, put", put),
        keyed("KEYED, putIfNewer", newer),
        transactional("TRANSACTIONAL, create", create),
        transactional("TRANSACTIONAL, put", put),
        transactional("TRANSACTIONAL, update", WriteUnitsTest::update));
  }

  private static Bill ledger(String name, Function<Map<String, AttributeValue>, Effect> effect) {
    return new Bill(name, WriteUnitsTest::ledger, effect, 2, 1, 2, 0, 3, 2.03);
  }

  private static Bill keyed(String name, Function<Map<String, AttributeValue>, Effect> effect) {
    return new Bill(name, settings -> settings.mode(Mode.KEYED), effect, 1, 1, 1, 1, 1, 1.02);
  }

  private static Bill transactional(
      String name, Function<Map<String, AttributeValue>, Effect> effect) {
    return new Bill(
        name, settings -> ledger(settings.mode(Mode.TRANSACTIONAL)), effect, 4, 4, 4, 0, 4, 4.04);
  }

  private static Effect update(Map<String, AttributeValue> item) {
    return new Effect.Update(
        DATA,
        Map.of("pk", requireNonNull(item.get("pk"))),
        "ADD #n :one",
        Map.of("#n", "n"),
        Map.of(":one", AttributeValue.fromN("1")));
  }

  private static IdempotentWriterBuilder ledger(IdempotentWriterBuilder settings) {
    return settings.ledger(LedgerTable.named(LEDGER).scope("test"));
  }

  private final VirtualTime time = VirtualTime.seeded(29);
  private final RandomGenerator random = time.random();
  private final SimulatedDynamoDb service = SimulatedDynamoDb.create(random);
  private final List<Ended> ended = new ArrayList<>();

  WriteUnitsTest() {
    service.createTable(LEDGER, KeyAttribute.string("id"));
    service.createTable(DATA, KeyAttribute.string("pk"));
  }

  private IdempotentWriter process(Bill bill) {
    SimulatedDynamoDbClient client =
        new SimulatedDynamoDbClient(service, time.scheduler(), time.clock(), random);
    client.mishaps(
        Mishaps.none().latency(Latency.between(Duration.ofMillis(2), Duration.ofMillis(30))));
    return bill.settings()
        .apply(
            IdempotentWriter.builder(client)
                .table(bill.name().endsWith("expire") ? PLAIN.expiresBy("until") : PLAIN))
        .withoutTableCheck()
        .clock(time.clock())
        .random(random)
        .scheduler(time.scheduler())
        .requestExecutor(time.scheduler())
        .callbackExecutor(time.serialExecutor())
        .build();
  }

  private void write(IdempotentWriter writer, Bill bill, int event, String topic) {
    Ended listener = new Ended();
    ended.add(listener);
    Write write = Write.event("event-" + event).with(bill.effect().apply(item(event)));
    assertThat(writer.tryWrite(SourcePosition.of(topic, 0, event), write, listener)).isTrue();
  }

  /** The same for the same event, and up to 1 KB with whatever the mode adds. */
  private static Map<String, AttributeValue> item(int event) {
    return Map.of(
        "pk", AttributeValue.fromS("item-" + event),
        "payload", AttributeValue.fromS("x".repeat(event * 7 % 970)));
  }

  private void await() {
    time.runUntil(() -> ended.stream().allMatch(Ended::hasEnded), LONG);
    assertThat(ended).noneMatch(end -> end.failure != null);
    ended.clear();
  }

  private double unitsOf(Runnable what) {
    double before = units();
    what.run();
    await();
    return units() - before;
  }

  private double units() {
    return service.usage(LEDGER).writeUnits() + service.usage(DATA).writeUnits();
  }

  private void writeAll(IdempotentWriter writer, Bill bill, int events, String topic) {
    for (int event = 0; event < events; event++) {
      write(writer, bill, event, topic);
    }
  }

  @ParameterizedTest
  @MethodSource("bills")
  void firstSightCostsItsUnitsAloneOrAmongMany(Bill bill) {
    IdempotentWriter writer = process(bill);

    assertThat(unitsOf(() -> write(writer, bill, 1000, "topic"))).isEqualTo(bill.firstSight());
    assertThat(unitsOf(() -> writeAll(writer, bill, 103, "topic")))
        .isEqualTo(103 * bill.firstSight());
  }

  @ParameterizedTest
  @MethodSource("bills")
  void aDuplicateOfAnotherProcessCostsNoMoreThanIsPromised(Bill bill) {
    IdempotentWriter writer = process(bill);
    writeAll(writer, bill, 103, "topic");
    await();

    assertThat(unitsOf(() -> write(process(bill), bill, 7, "copies"))).isEqualTo(bill.duplicate());
    assertThat(unitsOf(() -> writeAll(process(bill), bill, 103, "copies")))
        .isBetween(103 * bill.duplicate(), 103 * bill.duplicateAmongMany());
  }

  @ParameterizedTest
  @MethodSource("bills")
  void aDuplicateBesideItsCanonicalRecordCostsNoMoreThanIsPromised(Bill bill) {
    IdempotentWriter writer = process(bill);

    double units =
        unitsOf(
            () -> {
              writeAll(writer, bill, 103, "topic");
              writeAll(writer, bill, 103, "copies");
            });

    assertThat(units).isEqualTo(103 * (bill.firstSight() + bill.duplicateBeside()));
  }

  @ParameterizedTest
  @MethodSource("bills")
  void aReplayByAnotherProcessCostsNoMoreThanIsPromised(Bill bill) {
    IdempotentWriter writer = process(bill);
    writeAll(writer, bill, 103, "topic");
    await();

    assertThat(unitsOf(() -> write(process(bill), bill, 7, "topic")))
        .isLessThanOrEqualTo(bill.ownReplay());
    assertThat(unitsOf(() -> writeAll(process(bill), bill, 103, "topic")))
        .isLessThanOrEqualTo(103 * bill.ownReplay());
  }

  /** Of the duplicates half come right behind their canonical record, half to another process. */
  @ParameterizedTest
  @MethodSource("bills")
  void atOnePercentDuplicatesAnEventCostsWhatIsPromised(Bill bill) {
    IdempotentWriter writer = process(bill);
    IdempotentWriter other = process(bill);
    double before = units();
    int duplicates = 0;
    for (int from = 0; from < DISTINCT; from += BURST) {
      int to = Math.min(DISTINCT, from + BURST);
      for (int event = from; event < to; event++) {
        write(writer, bill, event, "topic");
        if (event % DUPLICATE_EVERY == 0) {
          duplicates++;
          boolean together = event / DUPLICATE_EVERY % 2 == 0;
          write(together ? writer : other, bill, together ? event : event / 2, "copies");
        }
      }
      await();
    }

    assertThat(duplicates).isGreaterThanOrEqualTo(DISTINCT / DUPLICATE_EVERY);
    assertThat((units() - before) / DISTINCT).isLessThanOrEqualTo(bill.mixed());
    assertThat(service.items(DATA)).hasSize(DISTINCT);
    assertThat(service.usage(LEDGER).throttledWriteUnits()).isZero();
  }
}
