package dev.sluice;

import static dev.sluice.fake.Worker.LEDGER;
import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fake.FakeDynamoDb.Fate;
import dev.sluice.fake.Worker;
import dev.sluice.fake.Worker.Ended;
import dev.sluice.metrics.WriterMetrics;
import dev.sluice.model.InvalidWriteException;
import dev.sluice.model.Outcome;
import dev.sluice.model.Write;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What happens is counted, and counting hurts nobody. */
class WriterMetricsTest {

  private static final class Counts implements WriterMetrics {
    final Map<Ending, Integer> completions = new EnumMap<>(Ending.class);
    final List<String> requests = new ArrayList<>();
    final List<String> retries = new ArrayList<>();
    int rejected;
    long throttledUnits;
    int unprocessed;
    int claimsAnswered;
    int effectsApplied;
    int mostBuffered;
    int buffered;
    long bufferedBytes;
    long oldest;

    @Override
    public void writeEnded(Ending ending, long nanos) {
      // What is remembered ends at once.
      assertThat(nanos).isNotNegative();
      completions.merge(ending, 1, Integer::sum);
    }

    @Override
    public void writeInvalid() {
      rejected++;
    }

    @Override
    public void claimAnswered(long nanos) {
      claimsAnswered++;
    }

    @Override
    public void effectApplied(String table, long nanos) {
      effectsApplied++;
    }

    @Override
    public void requestSent(Stage stage, String table, int items) {
      requests.add(stage + " " + table + " " + items);
    }

    @Override
    public void retried(Stage stage, String table, int items, String code) {
      retries.add(stage + " " + items + " " + code);
    }

    @Override
    public void throttled(String table, long units) {
      throttledUnits += units;
    }

    @Override
    public void unprocessed(String table, int items) {
      unprocessed += items;
    }

    @Override
    public void load(int inFlight, int writes, long bytes, long oldestNanos) {
      mostBuffered = Math.max(mostBuffered, writes);
      buffered = writes;
      bufferedBytes = bytes;
      oldest = oldestNanos;
    }
  }

  private final Counts counts = new Counts();
  private final Worker worker = Worker.seeded(23, settings -> settings.metrics(counts));

  private static Write put(String event, String value) {
    return Write.event(event).put(PLAIN, item(event, 1, value));
  }

  @Test
  void everyEndIsCountedOnceByItsKind() {
    worker.writeAndWait("t/0/1", put("a", "x"));
    worker.writeAndWait("t/0/1", put("a", "x"));
    worker.writeAndWait("t/0/2", put("a", "x"));
    worker.writeAndWait("t/0/1", put("a", "x").delete(PLAIN, Worker.key("other", 2)));
    worker.dynamo.always("BatchWriteItem", new Fate.InvalidIfItHolds("poison"));
    worker.writeAndWait("t/0/3", put("b", "poison"));
    assertThatThrownBy(() -> worker.write("t/0/4", put("", "x")))
        .isInstanceOf(InvalidWriteException.class);

    assertThat(counts.completions)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                WriterMetrics.Ending.APPLIED, 1,
                WriterMetrics.Ending.REPLAYED, 1,
                WriterMetrics.Ending.DUPLICATE, 1,
                WriterMetrics.Ending.CONFLICT, 1,
                WriterMetrics.Ending.REJECTED, 1));
    assertThat(counts.rejected).isEqualTo(1);
    assertThat(counts.claimsAnswered).as("the others are remembered").isEqualTo(2);
    assertThat(counts.effectsApplied).isEqualTo(2);
  }

  @Test
  void requestsRetriesAndThrottlesAreCounted() {
    worker.dynamo.next("PutItem", new Fate.ErrorResponse("ThrottlingException", 400));
    worker.dynamo.next("BatchWriteItem", new Fate.Partly(0));
    worker.dynamo.next("BatchWriteItem", new Fate.NotSent());
    worker.writeAndWait("t/0/1", put("a", "x".repeat(3000)));

    assertThat(counts.requests)
        .containsExactly(
            "CLAIM " + LEDGER + " 1",
            "CLAIM " + LEDGER + " 1",
            "EFFECT plain 1",
            "EFFECT plain 1",
            "EFFECT plain 1");
    assertThat(counts.retries)
        .containsExactly(
            "CLAIM 1 ThrottlingException",
            "EFFECT 1 UnprocessedItems",
            "EFFECT 1 SdkClientException");
    assertThat(counts.throttledUnits).isEqualTo(1 + 3);
    assertThat(counts.unprocessed).isEqualTo(1);
  }

  @Test
  void theLoadGoesUpAndComesBackToNothing() {
    for (int i = 0; i < 53; i++) {
      worker.write("t/0/" + i, put("e" + i, "x"));
    }
    worker.await();

    assertThat(counts.mostBuffered).isEqualTo(53);
    assertThat(counts.buffered).isZero();
    assertThat(counts.bufferedBytes).isZero();
    assertThat(counts.oldest).isZero();
  }

  @Test
  void metricsThatThrowChangeNothing() {
    WriterMetrics throwing =
        new WriterMetrics() {
          @Override
          public void writeEnded(Ending ending, long nanos) {
            throw new IllegalStateException("mine");
          }

          @Override
          public void requestSent(Stage stage, String table, int items) {
            throw new AssertionError("mine");
          }
        };
    Worker hurt = Worker.seeded(29, settings -> settings.metrics(throwing));
    Ended write = hurt.writeAndWait("t/0/1", put("a", "x"));

    assertThat(write.outcome).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void onlyWhatIsSentIsCounted() {
    Counts counts = new Counts();
    Worker worker = Worker.seeded(31, b -> b.metrics(counts).claimMemory(0));
    worker.dynamo.always(
        "BatchExecuteStatement", new Fate.ErrorResponse("AccessDeniedException", 400));
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 101; i++) {
        worker.write(
            "t/" + round + '/' + i, Write.event("e" + i).create(PLAIN, item("k" + i, 1, "v")));
      }
      worker.await();
    }
    assertThat(counts.requests).hasSameSizeAs(worker.dynamo.sent);

    Worker reading = Worker.seeded(37, b -> b.metrics(counts).claimMemory(0));
    reading.dynamo.always("BatchGetItem", new Fate.ErrorResponse("AccessDeniedException", 400));
    counts.requests.clear();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 101; i++) {
        reading.write(
            "t/" + round + '/' + i, Write.event("e" + i).create(PLAIN, item("k" + i, 1, "v")));
      }
      reading.await();
    }
    assertThat(counts.requests).hasSameSizeAs(reading.dynamo.sent);
  }
}
