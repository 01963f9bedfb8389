package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.flow.WriteBudget;
import dev.sluice.model.KeySchema;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Table;
import dev.sluice.model.Write;
import dev.sluice.model.WriteListener;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.simulated.client.Fate;
import dev.sluice.testkit.simulated.client.Latency;
import dev.sluice.testkit.simulated.client.Mishaps;
import dev.sluice.testkit.simulated.client.SimulatedDynamoDbClient;
import dev.sluice.testkit.simulated.engine.Operation;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import dev.sluice.testkit.simulated.throughput.Throughput;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** Writers that share a budget, and what tells a budget nothing. */
class SharedBudgetTest {
  private static final String LEDGER = "ledger";
  private static final String DATA = "data";
  private static final int SMALL = 100;
  private static final int LARGE = 100_000;

  private final VirtualTime time = VirtualTime.seeded(7);
  private final SimulatedDynamoDb service = SimulatedDynamoDb.create();
  private final SimulatedDynamoDbClient client =
      new SimulatedDynamoDbClient(service, time.scheduler(), time.clock(), time.random());

  SharedBudgetTest() {
    service.createTable(LEDGER, KeyAttribute.string(LedgerTable.PARTITION_KEY));
    service.createTable(DATA, KeyAttribute.string("pk"));
    client.mishaps(Mishaps.none().latency(Latency.fixed(Duration.ofMillis(5))));
  }

  private IdempotentWriter writer(Mode mode, UnaryOperator<IdempotentWriterBuilder> settings) {
    IdempotentWriterBuilder builder =
        IdempotentWriter.builder(client)
            .mode(mode)
            .table(Table.named(DATA).keys(KeySchema.of("pk", ScalarAttributeType.S)))
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

  /** Offers writes of one size to a writer, and counts those that have been made. */
  private static final class Load implements WriteListener {
    private final String name;
    private final IdempotentWriter writer;
    private final int bytes;
    private int offered;
    private int applied;

    Load(String name, IdempotentWriter writer, int bytes) {
      this.name = name;
      this.writer = writer;
      this.bytes = bytes;
    }

    boolean offer() {
      Write write =
          Write.event(name + offered)
              .put(
                  DATA,
                  Map.of(
                      "pk", AttributeValue.fromS(name + offered),
                      "v", AttributeValue.fromS("x".repeat(bytes))));
      boolean taken = writer.tryWrite(SourcePosition.of(name, 0, offered), write, this);
      offered += taken ? 1 : 0;
      return taken;
    }

    void fill() {
      while (offered - applied < 200 && offer()) {
        // Until it is full.
      }
    }

    @Override
    public void completed(Outcome outcome) {
      applied++;
    }

    @Override
    public void failed(SluiceException failure) {
      throw failure;
    }
  }

  private void run(Duration duration, Runnable offering) {
    for (long tick = 0; tick < duration.toMillis() / 10; tick++) {
      offering.run();
      time.advance(Duration.ofMillis(10));
    }
  }

  private WriteBudget fixed(double units) {
    return WriteBudget.unitsPerSecond(units).withClock(time.clock());
  }

  /** B24. */
  @ParameterizedTest
  @EnumSource(Mode.class)
  void smallRequestsAreNotStarvedByLargeOnes(Mode mode) {
    WriteBudget shared = fixed(1_000);
    Load live = new Load("live", writer(mode, b -> b.writeBudget(DATA, shared)), SMALL);
    Load backfill = new Load("backfill", writer(mode, b -> b.writeBudget(DATA, shared)), LARGE);
    run(
        Duration.ofSeconds(20),
        () -> {
          live.offer();
          live.offer();
          backfill.fill();
        });

    assertThat(live.applied).isGreaterThan((int) (0.9 * live.offered)).isGreaterThan(3_500);
    assertThat(service.usage(DATA).writeUnits()).isGreaterThan(0.9 * 20 * 1_000);
  }

  /** B24. */
  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.1, 0.5})
  void whoHasALesserWeightYields(double weight) {
    WriteBudget shared = fixed(1_000);
    Load live = new Load("live", writer(Mode.KEYED, b -> b.writeBudget(DATA, shared)), SMALL);
    WriteBudget less = shared.withWeight(weight);
    Load backfill = new Load("backfill", writer(Mode.KEYED, b -> b.writeBudget(DATA, less)), SMALL);
    run(
        Duration.ofSeconds(20),
        () -> {
          live.fill();
          backfill.fill();
        });

    double ratio = (double) backfill.applied / live.applied;
    assertThat(ratio).isBetween(0.6 * weight, 1.6 * weight + 0.02);
    assertThat(backfill.applied + live.applied).isGreaterThan((int) (0.95 * 20 * 1_000));
  }

  @Test
  void whoHasALesserWeightGetsWhatNobodyElseWants() {
    WriteBudget shared = fixed(1_000);
    WriteBudget less = shared.withWeight(0.01);
    Load live = new Load("live", writer(Mode.KEYED, b -> b.writeBudget(DATA, shared)), SMALL);
    Load backfill = new Load("backfill", writer(Mode.KEYED, b -> b.writeBudget(DATA, less)), SMALL);
    run(
        Duration.ofSeconds(20),
        () -> {
          live.offer();
          backfill.fill();
        });

    assertThat(live.applied).isGreaterThan(1_950);
    assertThat(backfill.applied).isGreaterThan(16_000);
  }

  /** B24: turns are by units though both are woken at one instant. */
  @Test
  void whoIsToldOneInstantHasTurnsByUnits() {
    WriteBudget large = fixed(100).share();
    WriteBudget small = large.share();
    double[] units = {0, 0};
    for (long end = time.nanoTime() + 60_000_000_000L; time.nanoTime() < end; ) {
      // Whoever sent goes on asking, as a writer's loop does.
      while (large.reserve(25).isPresent()) {
        units[0] += 25;
      }
      while (small.reserve(1).isPresent()) {
        units[1]++;
      }
      time.advance(Duration.ofMillis(1));
    }

    assertThat(units[1] / units[0]).isBetween(0.7, 1.5);
  }

  /** B24: what a backfill of little weight was served is no burden for others later. */
  @Test
  void aLittleWeightLeavesOthersEven() {
    WriteBudget backfill = fixed(100).withWeight(1e-6);
    for (int i = 0; i < 600; i++) {
      time.advance(Duration.ofNanos(backfill.nanosUntilReady()));
      assertThat(backfill.reserve(10)).isPresent();
    }
    WriteBudget one = backfill.withWeight(1);
    WriteBudget other = backfill.withWeight(1);
    double[] units = {0, 0};
    for (long end = time.nanoTime() + 60_000_000_000L; time.nanoTime() < end; ) {
      while (one.reserve(20).isPresent()) {
        units[0] += 20;
      }
      while (other.reserve(1).isPresent()) {
        units[1]++;
      }
      time.advance(Duration.ofMillis(1));
    }

    assertThat(units[1] / units[0]).isBetween(0.7, 1.5);
  }

  /** B24. */
  @Test
  void aTransactionOverTablesThatShareABudgetAtOtherWeightsGoes() {
    WriteBudget shared = fixed(1_000);
    Load load =
        new Load(
            "tx",
            writer(
                Mode.TRANSACTIONAL,
                b -> b.writeBudget(DATA, shared).writeBudget(LEDGER, shared.withWeight(0.1))),
            SMALL);
    run(Duration.ofSeconds(5), load::fill);

    assertThat(load.applied).isGreaterThan(1_100);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, 1e-7, 1e7, 1e-308, Double.NaN, Double.POSITIVE_INFINITY})
  void weightsOutOfRangeAreRejected(double weight) {
    WriteBudget shared = fixed(10);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> shared.withWeight(weight))
        .withMessageContaining(String.valueOf(weight));
  }

  /** B25: what was not answered says nothing of what the table takes. */
  @Test
  void claimsThatFailUnseenDoNotHideThrottles() {
    service.limit(
        LEDGER, Throughput.provisioned(1, 500, 500).withBurst(Duration.ofSeconds(1)), time.now());
    client.mishaps(
        Mishaps.none()
            .latency(Latency.fixed(Duration.ofMillis(5)))
            .chance(Fate.FAILED_BEFORE, Operation.BATCH_EXECUTE_STATEMENT, 0.8));
    Load load =
        new Load(
            "e",
            writer(
                Mode.LEDGER, b -> b.deliveryTimeout(Duration.ofHours(1)).maxBufferedItems(10_000)),
            SMALL);
    run(
        Duration.ofSeconds(60),
        () -> {
          for (int i = 0; i < 40; i++) {
            load.offer();
          }
        });
    double throttled = service.usage(LEDGER).throttledWriteUnits();
    double written = service.usage(LEDGER).writeUnits();

    assertThat(throttled).isLessThan(0.09 * written);
  }
}
