package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.flow.WriteBudget;
import dev.sluice.metrics.WriterMetrics;
import dev.sluice.model.CloseReport;
import dev.sluice.model.HotKey;
import dev.sluice.model.KeySchema;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Table;
import dev.sluice.model.UnknownOutcomeException;
import dev.sluice.model.Write;
import dev.sluice.model.WriteListener;
import dev.sluice.model.WriterClosedException;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.simulated.client.Latency;
import dev.sluice.testkit.simulated.client.Mishaps;
import dev.sluice.testkit.simulated.client.SimulatedDynamoDbClient;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import dev.sluice.testkit.simulated.throughput.Throughput;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** Budgets, hot keys and bytes under way, through the whole writer in virtual time. */
class FlowControlTest {
  private static final String LEDGER = "ledger";
  private static final String SLOW = "slow";
  private static final String FAST = "fast";
  private static final Duration LATENCY = Duration.ofMillis(5);

  private final VirtualTime time = VirtualTime.seeded(7);
  private final SimulatedDynamoDb service = SimulatedDynamoDb.create();
  private final List<Ended> ended = new ArrayList<>();

  FlowControlTest() {
    service.createTable(LEDGER, KeyAttribute.string(LedgerTable.PARTITION_KEY));
    service.createTable(SLOW, KeyAttribute.string("pk"), KeyAttribute.string("sk"));
    service.createTable(FAST, KeyAttribute.string("pk"), KeyAttribute.string("sk"));
  }

  /** How a write ended. */
  private static final class Ended implements WriteListener {
    int times;
    SluiceException failure;

    @Override
    public void completed(Outcome outcome) {
      times++;
    }

    @Override
    public void failed(SluiceException thrown) {
      times++;
      failure = thrown;
    }

    boolean isApplied() {
      return times == 1 && failure == null;
    }
  }

  private IdempotentWriter writer(Mode mode, UnaryOperator<IdempotentWriterBuilder> settings) {
    SimulatedDynamoDbClient client =
        new SimulatedDynamoDbClient(service, time.scheduler(), time.clock(), time.random());
    client.mishaps(Mishaps.none().latency(Latency.fixed(LATENCY)));
    KeySchema keys =
        KeySchema.of("pk", ScalarAttributeType.S).sortedBy("sk", ScalarAttributeType.S);
    IdempotentWriterBuilder builder =
        IdempotentWriter.builder(client)
            .mode(mode)
            .table(Table.named(SLOW).keys(keys))
            .table(Table.named(FAST).keys(keys))
            .withoutTableCheck()
            .clock(time.clock())
            .random(time.random())
            .scheduler(time.scheduler())
            .requestExecutor(time.scheduler())
            .callbackExecutor(time.serialExecutor());
    if (mode != Mode.KEYED) {
      builder.ledger(LedgerTable.named(LEDGER).scope("test"));
    }
    return settings.apply(builder).build();
  }

  private WriteBudget fixed(double units) {
    return WriteBudget.unitsPerSecond(units).withClock(time.clock());
  }

  private Ended write(IdempotentWriter writer, String table, String key, int number) {
    return write(writer, table, key, number, 100);
  }

  private Ended write(IdempotentWriter writer, String table, String key, int number, int bytes) {
    Ended listener = new Ended();
    ended.add(listener);
    boolean taken =
        writer.tryWrite(
            SourcePosition.of(table, 0, number),
            Write.event(table + number)
                .put(
                    table,
                    Map.of(
                        "pk", AttributeValue.fromS(key),
                        "sk", AttributeValue.fromS("s" + number),
                        "v", AttributeValue.fromS("x".repeat(bytes)))),
            listener);
    assertThat(taken).as("taken").isTrue();
    return listener;
  }

  private double written(String table) {
    return service.usage(table).writeUnits();
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aTableThatIsSlowedHoldsBackNoOther(Mode mode) {
    IdempotentWriter writer = writer(mode, b -> b.writeBudget(SLOW, fixed(10)));
    for (int i = 0; i < 503; i++) {
      write(writer, SLOW, "k" + i, i);
    }
    List<Ended> fast = new ArrayList<>();
    for (int i = 0; i < 503; i++) {
      fast.add(write(writer, FAST, "k" + i, i));
    }
    time.advance(Duration.ofSeconds(2));

    assertThat(fast).allMatch(Ended::isApplied);
    assertThat(written(SLOW)).isBetween(1.0, 60.0);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void everyWriteIsMadeAtTheBudget(Mode mode) {
    IdempotentWriter writer = writer(mode, b -> b.writeBudget(FAST, fixed(100)));
    for (int i = 0; i < 503; i++) {
      write(writer, FAST, "k" + i, i);
    }
    time.advance(Duration.ofSeconds(2));
    int units = mode == Mode.TRANSACTIONAL ? 2 : 1;

    assertThat(written(FAST)).isBetween(2 * 100.0 - 25, 2 * 100.0 + 25);
    time.advance(Duration.ofSeconds(10));
    assertThat(written(FAST)).isEqualTo(503 * units);
    assertThat(ended).allMatch(Ended::isApplied);
  }

  @Test
  void theLedgersBudgetSlowsClaims() {
    IdempotentWriter writer = writer(Mode.LEDGER, b -> b.writeBudget(LEDGER, fixed(50)));
    for (int i = 0; i < 211; i++) {
      write(writer, FAST, "k" + i, i);
    }
    time.advance(Duration.ofSeconds(2));

    assertThat(written(LEDGER)).isBetween(75.0, 125.0);
    time.advance(Duration.ofSeconds(10));
    assertThat(ended).allMatch(Ended::isApplied);
  }

  @Test
  void claimsOfKnownEventsTakeTheirUnitsOfTheLedgersBudget() {
    IdempotentWriter first = writer(Mode.LEDGER, UnaryOperator.identity());
    for (int i = 0; i < 503; i++) {
      write(first, FAST, "k" + i, i);
    }
    time.advance(Duration.ofSeconds(2));
    double before = written(LEDGER);
    IdempotentWriter second = writer(Mode.LEDGER, b -> b.writeBudget(LEDGER, fixed(50)));
    for (int i = 0; i < 503; i++) {
      // Among fresh ones, for a request that wrote nothing reports nothing.
      write(second, FAST, "k" + i, i % 5 == 0 ? 1_000 + i : i);
    }
    time.advance(Duration.ofSeconds(2));

    assertThat(written(LEDGER) - before).isBetween(75.0, 125.0);
  }

  @Test
  void writersShareABudget() {
    WriteBudget shared = fixed(100);
    List<IdempotentWriter> writers = new ArrayList<>();
    for (int w = 0; w < 3; w++) {
      writers.add(writer(Mode.KEYED, b -> b.writeBudget(FAST, shared)));
    }
    for (int i = 0; i < 1_009; i++) {
      write(writers.get(i % 3), FAST, "k" + i, i);
    }
    time.advance(Duration.ofSeconds(5));

    assertThat(written(FAST)).isBetween(475.0, 525.0);
    time.advance(Duration.ofSeconds(10));
    assertThat(ended).allMatch(Ended::isApplied);
  }

  @Test
  void tablesShareABudget() {
    WriteBudget shared = fixed(100);
    IdempotentWriter writer =
        writer(Mode.KEYED, b -> b.writeBudget(FAST, shared).writeBudget(SLOW, shared));
    for (int i = 0; i < 503; i++) {
      write(writer, FAST, "k" + i, i);
      write(writer, SLOW, "k" + i, i);
    }
    time.advance(Duration.ofSeconds(4));

    assertThat(written(FAST) + written(SLOW)).isBetween(375.0, 425.0);
    assertThat(written(FAST)).isBetween(100.0, 300.0);
  }

  @Test
  void aTransactionOverTablesThatShareABudgetGoes() {
    WriteBudget shared = fixed(100);
    IdempotentWriter writer =
        writer(Mode.TRANSACTIONAL, b -> b.writeBudget(LEDGER, shared).writeBudget(FAST, shared));
    for (int i = 0; i < 53; i++) {
      write(writer, FAST, "k" + i, i);
    }
    time.advance(Duration.ofSeconds(1));

    assertThat(written(LEDGER) + written(FAST)).isBetween(90.0, 110.0);
    time.advance(Duration.ofSeconds(5));
    assertThat(ended).allMatch(Ended::isApplied);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aFlushWaitsForTheBudgetAndNotForTheLinger(Mode mode) {
    IdempotentWriter writer =
        writer(mode, b -> b.writeBudget(FAST, fixed(100)).linger(Duration.ofSeconds(20)));
    write(writer, FAST, "large", 0, 100_000);
    time.advance(Duration.ofMillis(100));
    Ended small = write(writer, FAST, "small", 1);

    var flushed = writer.flush().toCompletableFuture();
    time.advance(Duration.ofSeconds(3));

    assertThat(small.isApplied()).isTrue();
    assertThat(flushed).isCompleted();
  }

  // B13
  @Test
  void aBudgetThatMakesAllWaitWakesTheWriterItself() {
    IdempotentWriter writer = writer(Mode.KEYED, b -> b.writeBudget(FAST, fixed(1)));
    List<Ended> few = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      few.add(write(writer, FAST, "k", i));
      time.advance(Duration.ofMillis(100));
    }
    // Nothing is under way most of the time, and nobody calls.
    time.advance(Duration.ofSeconds(10));

    assertThat(few).allMatch(Ended::isApplied);
  }

  @Test
  void aWriteThatTheBudgetKeepsTooLongEnds() {
    IdempotentWriter writer =
        writer(
            Mode.KEYED, b -> b.writeBudget(FAST, fixed(1)).deliveryTimeout(Duration.ofSeconds(20)));
    for (int i = 0; i < 211; i++) {
      write(writer, FAST, "k" + i, i);
    }
    time.advance(Duration.ofSeconds(26));

    assertThat(ended).allMatch(write -> write.times == 1);
    assertThat(ended.stream().filter(write -> write.failure != null))
        .isNotEmpty()
        .allSatisfy(write -> assertThat(write.failure).isInstanceOf(UnknownOutcomeException.class));
  }

  // B11
  @Test
  void closeCompletesEveryWriteThatABudgetKeeps() {
    IdempotentWriter writer =
        writer(
            Mode.LEDGER, b -> b.writeBudget(FAST, fixed(0.01)).deliveryTimeout(Duration.ofDays(1)));
    for (int i = 0; i < 101; i++) {
      write(writer, FAST, "k" + i, i);
    }
    time.advance(Duration.ofSeconds(1));

    assertThat(ended).anyMatch(write -> write.times == 0);
    CompletableFuture<CloseReport> report = new CompletableFuture<>();
    Thread closing = new Thread(() -> report.complete(writer.close(Duration.ofSeconds(3))));
    closing.start();
    while (!report.isDone()) {
      time.advance(Duration.ofMillis(100));
      Thread.onSpinWait();
    }

    assertThat(report.join().clean()).isFalse();
    assertThat(ended).allMatch(write -> write.times == 1);
    assertThat(ended)
        .anySatisfy(write -> assertThat(write.failure).isInstanceOf(WriterClosedException.class));
  }

  // B12
  @Test
  void bytesUnderWayAreBoundedAndALargeRequestGoesAlone() {
    int[] most = new int[1];
    IdempotentWriter writer =
        writer(
            Mode.KEYED,
            b ->
                b.maxInFlightBytes(100_000)
                    .maxBatchItems(1)
                    .metrics(
                        new WriterMetrics() {
                          @Override
                          public void load(int inFlight, int items, long bytes, long oldest) {
                            most[0] = Math.max(most[0], inFlight);
                          }
                        }));
    for (int i = 0; i < 53; i++) {
      write(writer, FAST, "k" + i, i, 30_000);
    }
    Ended large = write(writer, FAST, "large", 53, 300_000);
    time.advance(Duration.ofSeconds(2));

    assertThat(most[0]).isEqualTo(3);
    assertThat(large.isApplied()).isTrue();
    assertThat(ended).allMatch(Ended::isApplied);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aHotKeyHoldsBackItselfAlone(Mode mode) {
    service.limit(FAST, Throughput.onDemand(53).withBurst(Duration.ofSeconds(1)), time.now());
    IdempotentWriter writer =
        writer(mode, b -> b.maxBufferedItems(2_003).deliveryTimeout(Duration.ofMinutes(5)));
    int hot = 0;
    int cool = 0;
    int keptOut = 0;
    for (int tick = 0; tick < 1_000; tick++) {
      for (int i = 0; i < 50; i++) {
        if (isTaken(writer, "hot", hot)) {
          hot++;
        } else {
          keptOut++;
        }
      }
      for (int i = 0; i < 10; i++) {
        assertThat(isTaken(writer, "cool-" + cool % 101, 1_000_000 + cool)).isTrue();
        cool++;
      }
      time.advance(Duration.ofMillis(10));
    }

    assertThat(keptOut).isPositive();
    double rejected = service.usage(FAST).throttledWriteUnits();
    assertThat(rejected).isLessThan(0.1 * written(FAST));
    assertThat(writer.hotKeys()).extracting(HotKey::table).contains(FAST);
    assertThat(writer.hotKeys())
        .anySatisfy(key -> assertThat(key.partitionKey().s()).isEqualTo("hot"));
    assertThat(writer.hotKeys().toString()).doesNotContain("hot\"").doesNotContain("S=hot");
    time.advance(Duration.ofSeconds(30));
    assertThat(ended).allMatch(Ended::isApplied);
    assertThat(service.items(FAST)).hasSize(hot + cool);
    // When it is quiet again, the key is like any other.
    assertThat(isTaken(writer, "hot", hot)).isTrue();
    time.advance(Duration.ofSeconds(15));
    assertThat(writer.hotKeys()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void anItemThatIsWrittenTooFastHoldsBackItselfAlone(Mode mode) {
    IdempotentWriter writer =
        writer(mode, b -> b.maxBufferedItems(503).deliveryTimeout(Duration.ofMinutes(5)));
    int busy = 0;
    int keptOut = 0;
    for (int tick = 0; tick < 503; tick++) {
      for (int i = 0; i < 11; i++) {
        boolean taken = isTaken(writer, "busy", busy, "same");
        busy += taken ? 1 : 0;
        keptOut += taken ? 0 : 1;
      }
      assertThat(isTaken(writer, "calm", 1_000_000 + tick)).isTrue();
      time.advance(Duration.ofMillis(10));
    }

    assertThat(keptOut).isPositive();
    time.advance(Duration.ofSeconds(30));
    assertThat(ended).allMatch(Ended::isApplied);
    // When it is quiet again, the item is like any other.
    assertThat(isTaken(writer, "busy", busy, "same")).isTrue();
  }

  private boolean isTaken(IdempotentWriter writer, String key, int number) {
    return isTaken(writer, key, number, "s" + number);
  }

  private boolean isTaken(IdempotentWriter writer, String key, int number, String sortKey) {
    Ended listener = new Ended();
    boolean taken =
        writer.tryWrite(
            SourcePosition.of(FAST, 0, number),
            Write.event(FAST + number)
                .put(
                    FAST,
                    Map.of(
                        "pk", AttributeValue.fromS(key),
                        "sk", AttributeValue.fromS(sortKey))),
            listener);
    if (taken) {
      ended.add(listener);
    }
    return taken;
  }

  @Test
  void anAdaptiveBudgetStopsWhatATableThrottles() {
    service.limit(
        FAST, Throughput.provisioned(5, 200, 200).withBurst(Duration.ofSeconds(1)), time.now());
    IdempotentWriter writer = writer(Mode.KEYED, UnaryOperator.identity());
    for (int i = 0; i < 9_973; i++) {
      write(writer, FAST, "k" + i % 101, i);
    }
    time.advance(Duration.ofSeconds(10));
    double throttledAtFirst = service.usage(FAST).throttledWriteUnits();
    double before = written(FAST);
    time.advance(Duration.ofSeconds(30));

    assertThat(written(FAST) - before).isGreaterThan(0.85 * 30 * 200);
    assertThat(service.usage(FAST).throttledWriteUnits() - throttledAtFirst)
        .isLessThan(0.05 * 30 * 200);
    assertThat(writer.hotKeys()).isEmpty();
  }

  @Test
  void metricsAreToldWhatABudgetAllows() {
    List<Double> rates = new ArrayList<>();
    IdempotentWriter writer =
        writer(
            Mode.KEYED,
            b ->
                b.writeBudget(FAST, fixed(100))
                    .metrics(
                        new WriterMetrics() {
                          @Override
                          public void flow(
                              String table, double unitsPerSecond, int hotKeys, int waiting) {
                            if (table.equals(FAST)) {
                              rates.add(unitsPerSecond);
                            }
                          }
                        }));
    write(writer, FAST, "k", 0);
    time.advance(Duration.ofSeconds(1));

    assertThat(rates).isNotEmpty().containsOnly(100.0);
  }

  @Test
  void aBudgetForATableThatIsNotDeclaredIsRejected() {
    assertThatThrownBy(() -> writer(Mode.LEDGER, b -> b.writeBudget("other", fixed(1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other")
        .hasMessageContaining(LEDGER);
  }
}
