package dev.sluice.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.metrics.ReadMetrics;
import dev.sluice.model.ReadTimeoutException;
import dev.sluice.model.SluiceException;
import dev.sluice.shard.KeySharder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.Select;

/** What reading takes, who is told, how it is bounded; and counts. */
class GatherUseTest {
  private static final GatherQuery ALL = GatherQuery.of(GatherRig.LOGICAL);

  private final GatherRig rig = GatherRig.numbered(3, KeySharder.random(5));

  private static DynamoDbException throttled() {
    return (DynamoDbException)
        DynamoDbException.builder()
            .statusCode(400)
            .awsErrorDetails(AwsErrorDetails.builder().errorCode("ThrottlingException").build())
            .build();
  }

  /** Counts what it is told. */
  private static final class Told implements ReadMetrics {
    private final List<String> all = new ArrayList<>();
    private double units;

    @Override
    public void requestAnswered(String table, int items, double consumed) {
      all.add("answered");
      units += consumed;
    }

    @Override
    public void retried(String table, String code) {
      all.add("retried " + code);
    }

    @Override
    public void pageRead(String table, long items, double consumed, long nanos) {
      all.add("page " + items + (nanos > 0 ? "" : " at once"));
      assertThat(consumed).isEqualTo(units);
    }

    @Override
    public void pageFailed(String table, String why) {
      all.add("failed " + why);
    }
  }

  @Test
  void aPageSaysWhatItTook() {
    rig.deal(31);
    GatherPage page = rig.await(rig.reader.read(ALL));

    // A query takes half a unit at least.
    assertThat(page.readUnits()).isEqualTo(5 * 0.5);
    assertThat(rig.watched.queries())
        .allMatch(query -> query.returnConsumedCapacity() == ReturnConsumedCapacity.TOTAL);
    assertThat(rig.await(rig.reader.read(ALL.consistent())).readUnits()).isEqualTo(5.0);
  }

  @Test
  void metricsAreToldOfRequestsRetriesPagesAndFailures() {
    rig.deal(31);
    Told told = new Told();
    int[] left = {2};
    rig.watched.rejection = request -> left[0]-- > 0 ? throttled() : null;
    GatherReader reader = rig.builder(rig.watched).metrics(told).build();
    rig.await(reader.read(ALL));

    assertThat(told.all.stream().filter("answered"::equals)).hasSize(5);
    assertThat(told.all.stream().filter("retried ThrottlingException"::equals)).hasSize(2);
    assertThat(told.all).endsWith("page 31");
    rig.watched.rejection = request -> throttled();
    assertThat(rig.awaitFailure(reader.read(ALL))).isInstanceOf(ReadTimeoutException.class);
    assertThat(told.all).endsWith("failed ReadTimeoutException");
  }

  @Test
  void metricsThatThrowHarmNothing() {
    rig.deal(31);
    ReadMetrics broken =
        new ReadMetrics() {
          @Override
          public void requestAnswered(String table, int items, double units) {
            throw new IllegalStateException();
          }

          @Override
          public void pageRead(String table, long items, double units, long nanos) {
            throw new AssertionError();
          }
        };

    assertThat(rig.await(rig.builder(rig.watched).metrics(broken).build().read(ALL)).items())
        .hasSize(31);
  }

  /** R7. */
  @Test
  void noMoreIsReadThanTheReaderMay() {
    rig.deal(1_009);
    GatherReader reader = rig.builder(rig.watched).maxReadUnits(5).build();
    long began = rig.time.nanoTime();
    double units = 0;
    List<Integer> read = new ArrayList<>();
    Gather gather = reader.read(ALL.limit(20));
    GatherPage page;
    do {
      page = rig.await(gather);
      units += page.readUnits();
      read.addAll(GatherRig.numbers(page));
    } while (page.token().isPresent());
    double seconds = (rig.time.nanoTime() - began) / 1e9;

    assertThat(read).hasSize(1_009);
    assertThat(units / seconds).isBetween(3.5, 5.5);
  }

  /** R7. */
  @Test
  void aPageThatTheBudgetDoesNotAllowInTimeFails() {
    rig.deal(1_009);
    GatherReader reader =
        rig.builder(rig.watched).maxReadUnits(0.01).readTimeout(Duration.ofSeconds(3)).build();

    assertThat(rig.awaitFailure(reader.read(ALL))).isInstanceOf(ReadTimeoutException.class);
  }

  /** R7: waiting for units ends with the time of the page. */
  @Test
  void whoWaitsForUnitsWaitsNoLongerThanThePageMayTake() {
    rig.deal(1_009);
    GatherReader reader = rig.builder(rig.watched).maxReadUnits(0.001).build();
    long began = rig.time.nanoTime();
    assertThat(rig.awaitFailure(reader.read(ALL))).isInstanceOf(ReadTimeoutException.class);

    assertThat(rig.time.nanoTime() - began).isLessThanOrEqualTo(30_100_000_000L);
  }

  /** R7: a method that the SDK lacks, say, on whichever thread it is missed. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void anErrorOfTheClientFailsThePageAndTheCount(int good) {
    rig.deal(31);
    int[] left = {good};
    WatchedClient broken =
        new WatchedClient(
            request -> {
              if (left[0]-- == 0) {
                throw new NoSuchMethodError("planted");
              }
              CompletableFuture<QueryResponse> reply = new CompletableFuture<>();
              rig.time.scheduler().execute(() -> reply.completeExceptionally(throttled()));
              return reply;
            });
    GatherReader reader = rig.builder(broken).build();
    assertThat(rig.awaitFailure(reader.read(ALL))).isInstanceOf(SluiceException.class);
    left[0] = good;
    CompletableFuture<Long> count = reader.count(ALL).toCompletableFuture();
    rig.time.runUntil(count::isDone, Duration.ofMinutes(5));

    assertThatThrownBy(count::join).hasCauseInstanceOf(SluiceException.class);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN})
  void aBudgetThatAllowsNothingIsRejected(double units) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rig.builder(rig.watched).maxReadUnits(units).build())
        .withMessageContaining("maxReadUnits");
  }

  private long counted(GatherReader reader, GatherQuery query) {
    CompletableFuture<Long> count = reader.count(query).toCompletableFuture();
    rig.time.runUntil(count::isDone, Duration.ofMinutes(5));
    return count.join();
  }

  @Test
  void aCountBringsNothing() {
    rig.deal(1_009);
    assertThat(counted(rig.reader, ALL.limit(3).attributes("sk"))).isEqualTo(1_009);
    assertThat(rig.watched.queries())
        .hasSize(5)
        .allMatch(query -> query.select() == Select.COUNT && query.limit() == null)
        .allMatch(query -> query.projectionExpression() == null);
    assertThat(counted(rig.reader, ALL.where(SortCondition.atLeast(GatherRig.number(1_000)))))
        .isEqualTo(9);
    assertThat(counted(rig.reader, GatherQuery.of(GatherRig.LOGICAL).descending()))
        .isEqualTo(1_009);
  }

  @Test
  void aCountGoesOnBehindAMegabyte() {
    String large = "x".repeat(390_000);
    for (int i = 0; i < 17; i++) {
      rig.put(
          GatherRig.number(i),
          rig.sharder.suffixes().get(i % 2),
          Map.of("v", software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS(large)));
    }

    assertThat(counted(rig.reader, ALL)).isEqualTo(17);
    assertThat(rig.watched.queries()).hasSizeGreaterThan(5);
  }

  @Test
  void aCountThatFailsSaysSo() {
    rig.watched.rejection = request -> throttled();
    CompletableFuture<Long> count = rig.reader.count(ALL).toCompletableFuture();
    rig.time.runUntil(count::isDone, Duration.ofMinutes(5));

    assertThatThrownBy(count::join).hasCauseInstanceOf(ReadTimeoutException.class);
  }

  @Test
  void aPageMayBeWaitedFor() {
    rig.deal(31);
    WatchedClient atOnce =
        new WatchedClient(
            request ->
                CompletableFuture.completedFuture(
                    (QueryResponse) rig.service.execute(request, rig.time.now())));
    Gather gather = rig.builder(atOnce).build().read(ALL.limit(20));

    assertThat(GatherRig.numbers(gather.nextPage())).hasSize(20);
    assertThat(GatherRig.numbers(gather.nextPage())).hasSize(11);
    atOnce.rejection =
        request ->
            (DynamoDbException)
                DynamoDbException.builder()
                    .awsErrorDetails(
                        AwsErrorDetails.builder().errorCode("AccessDeniedException").build())
                    .build();
    Gather denied = rig.builder(atOnce).build().read(ALL);
    assertThatThrownBy(denied::nextPage).isInstanceOf(SluiceException.class);
  }
}
