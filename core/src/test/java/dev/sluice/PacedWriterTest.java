package dev.sluice;

import static dev.sluice.fake.Worker.LEDGER;
import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.SHARDED;
import static dev.sluice.fake.Worker.item;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fake.Worker;
import dev.sluice.fake.Worker.Ended;
import dev.sluice.flow.WriteBudget;
import dev.sluice.metrics.WriterMetrics;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.Write;
import dev.sluice.testkit.simulated.throughput.Throughput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;

/** What a writer does and asks for on account of its budgets, and no more. */
class PacedWriterTest {
  private static final long SEED = 7;

  private static Write put(int i) {
    return Write.event("p" + i).put(PLAIN, item("k" + i, 1, "v"));
  }

  private static Write create(int i) {
    return Write.event("s" + i).create(SHARDED, item("k" + i, "v"));
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aTableThatRejectsEverythingHoldsBackNoOther(Mode mode) {
    Worker worker = Worker.seeded(mode, SEED, b -> b);
    worker
        .dynamo
        .service()
        .limit(
            PLAIN,
            Throughput.provisioned(1, 1, 1).withBurst(Duration.ofSeconds(1)),
            worker.time.now());
    List<Ended> others = new ArrayList<>();
    for (int i = 0; i < 101; i++) {
      worker.write("t/0/" + i, put(i));
    }
    for (int i = 0; i < 503; i++) {
      others.add(worker.write("t/1/" + i, create(i)));
      worker.time.advance(Duration.ofMillis(10));
    }
    worker.time.advance(Duration.ofSeconds(1));

    assertThat(others).allMatch(write -> write.outcome instanceof Outcome.Applied);
  }

  private static ReturnConsumedCapacity asked(Worker worker) {
    worker.writeAndWait("t/0/1", put(1));
    return worker.dynamo.sent("BatchWriteItem").stream()
        .map(request -> ((BatchWriteItemRequest) request).returnConsumedCapacity())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void consumptionIsOnlyAskedForWhereItIsOfUse() {
    Worker plain = Worker.seeded(Mode.KEYED, SEED, b -> b);
    Worker counted = Worker.seeded(Mode.KEYED, SEED, b -> b.metrics(new WriterMetrics() {}));
    Worker limited =
        Worker.timed(
            Mode.KEYED,
            SEED,
            (b, clock) -> b.writeBudget(PLAIN, WriteBudget.unitsPerSecond(53).withClock(clock)));

    assertThat(asked(plain)).isNotEqualTo(ReturnConsumedCapacity.TOTAL);
    assertThat(asked(counted)).isEqualTo(ReturnConsumedCapacity.TOTAL);
    assertThat(asked(limited)).isEqualTo(ReturnConsumedCapacity.TOTAL);
  }

  @Test
  void theLedgersConsumptionIsAskedForWhereItsBudgetIsLimited() {
    Worker worker =
        Worker.timed(
            Mode.LEDGER,
            SEED,
            (b, clock) -> b.writeBudget(LEDGER, WriteBudget.unitsPerSecond(53).withClock(clock)));
    for (int i = 0; i < 7; i++) {
      worker.write("t/0/" + i, create(i));
    }
    worker.await();

    assertThat(worker.dynamo.sent("BatchExecuteStatement"))
        .isNotEmpty()
        .allSatisfy(
            request -> {
              BatchExecuteStatementRequest batch = (BatchExecuteStatementRequest) request;
              boolean claims = batch.statements().get(0).statement().contains(LEDGER);
              assertThat(batch.returnConsumedCapacity() == ReturnConsumedCapacity.TOTAL)
                  .isEqualTo(claims);
            });
  }

  private static final class FlowMetrics implements WriterMetrics {
    private final List<String> flows = new ArrayList<>();
    private int turns;

    @Override
    public void flow(String table, double unitsPerSecond, int hotKeys, int waiting) {
      flows.add(table + ' ' + unitsPerSecond + ' ' + hotKeys);
    }

    @Override
    public void load(int inFlight, int writes, long bytes, long oldestNanos) {
      turns++;
    }
  }

  @Test
  void metricsAreToldNothingWhereNothingLimits() {
    FlowMetrics metrics = new FlowMetrics();
    Worker worker = Worker.seeded(Mode.LEDGER, SEED, b -> b.metrics(metrics));
    worker.writeAndWait("t/0/1", put(1));

    assertThat(metrics.flows).isEmpty();
    assertThat(metrics.turns).isPositive();
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void theWriterSleepsWhileItWaitsForABudget(Mode mode) {
    FlowMetrics metrics = new FlowMetrics();
    Worker worker =
        Worker.timed(
            mode,
            SEED,
            (b, clock) ->
                b.metrics(metrics)
                    .deliveryTimeout(Duration.ofMinutes(10))
                    .writeBudget(PLAIN, WriteBudget.unitsPerSecond(1).withClock(clock)));
    for (int i = 0; i < 101; i++) {
      worker.write("t/0/" + i, put(i));
    }
    worker.time.advance(Duration.ofSeconds(1));
    int before = metrics.turns;
    worker.time.advance(Duration.ofSeconds(20));

    // A request a second or less, its reply, and what is due.
    assertThat(metrics.turns - before).isLessThanOrEqualTo(3 * 21);
  }
}
