package dev.sluice;

import static dev.sluice.fake.Cluster.DATA;
import static dev.sluice.fake.Cluster.LEDGER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fake.Cluster;
import dev.sluice.fake.FakeDynamoDb.Fate;
import dev.sluice.fake.Worker;
import dev.sluice.fake.Worker.Ended;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Write;
import dev.sluice.testkit.simulated.client.MeddlingProxy.Meddling;
import dev.sluice.testkit.simulated.engine.Operation;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Neither a clock that is set nor a {@code Date} that is wrong loses, doubles or stalls. */
class ClocksTest {
  private static final Duration MONTH = Duration.ofDays(30);

  private final Cluster cluster = new Cluster(41);

  private static Write counted() {
    return Write.event("order-17-paid")
        .update(
            DATA,
            Map.of("pk", AttributeValue.fromS("day")),
            "ADD #n :one",
            Map.of("#n", "n"),
            Map.of(":one", AttributeValue.fromN("1")));
  }

  private static Write put(String value) {
    return Write.event("order-17-paid").put(DATA, Cluster.item("order-17", value));
  }

  private long expiryOfTheClaim() {
    return Long.parseLong(cluster.service.items(LEDGER).get(0).get("expireAt").n());
  }

  private long days(long days) {
    return cluster.time.now().getEpochSecond() + days * 86_400;
  }

  private void assertCountedOnce(Ended duplicate) {
    assertThat(duplicate.outcome).isInstanceOf(Outcome.Duplicate.class);
    assertThat(cluster.onlyItem()).containsEntry("n", AttributeValue.fromN("1"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneWrongDateCountsNothingTwice(boolean ofTheProxyItself) {
    for (Duration off : new Duration[] {MONTH, MONTH.negated()}) {
      Cluster.Member process = cluster.process(Mode.TRANSACTIONAL);
      process.writeAndWait("t/0/1", counted());
      cluster.time.advance(Duration.ofSeconds(30));
      process.meddling.add(new Meddling(off, ofTheProxyItself));
      process.writeAndWait("t/0/7", Write.event("other"));

      assertCountedOnce(process.writeAndWait("t/0/2", counted()));
    }
  }

  @Test
  void aWrongDateAndAClockThatIsAheadCountNothingTwice() {
    Cluster.Member process = cluster.process(Mode.TRANSACTIONAL, MONTH);
    process.writeAndWait("t/0/1", counted());
    cluster.time.advance(Duration.ofSeconds(30));
    process.meddling.add(new Meddling(MONTH, false));
    process.writeAndWait("t/0/7", Write.event("other"));

    assertCountedOnce(process.writeAndWait("t/0/2", counted()));
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"LEDGER", "TRANSACTIONAL"})
  void aClockThatIsAheadTakesNothingOverBeforeItIsPutRight(Mode mode) {
    cluster.process(mode).writeAndWait("t/0/1", put("first"));

    Ended duplicate = cluster.process(mode, MONTH).writeAndWait("t/0/2", put("first"));

    assertThat(duplicate.outcome).isInstanceOf(Outcome.Duplicate.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"LEDGER", "TRANSACTIONAL"})
  void anExpiredClaimIsTakenOverByTheFirstRequest(Mode mode) {
    cluster.process(mode).writeAndWait("t/0/1", put("first"));
    cluster.time.advance(Duration.ofDays(15));

    Ended later = cluster.process(mode).writeAndWait("t/0/2", put("first"));

    assertThat(later.outcome).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void claimsAreKeptByTheLaterClock() {
    for (Duration off : new Duration[] {MONTH, MONTH.negated()}) {
      Cluster cluster = new Cluster(43);
      Cluster.Member process = cluster.process(Mode.LEDGER);
      process.writeAndWait("t/0/1", Write.event("first"));
      process.off = off;
      process.writeAndWait("t/0/2", Write.event("second"));

      assertThat(cluster.service.items(LEDGER))
          .allSatisfy(
              claim ->
                  assertThat(Long.parseLong(claim.get("expireAt").n()))
                      .isGreaterThanOrEqualTo(
                          cluster.time.now().getEpochSecond() + 14 * 86_400 - 5));
    }
  }

  @Test
  void whatWasLearntUnderAWrongClockGoesWithItsCorrection() {
    Cluster.Member process = cluster.process(Mode.LEDGER, Duration.ofHours(1));
    process.writeAndWait("t/0/7", Write.event("other").put(DATA, Cluster.item("a", "a")));
    process.off = Duration.ZERO;
    cluster.time.advance(Duration.ofSeconds(1));
    process.writeAndWait("t/0/1", put("first"));

    assertThat(
            cluster.service.items(LEDGER).stream()
                .filter(claim -> claim.get("id").s().endsWith("order-17-paid"))
                .map(claim -> Long.parseLong(claim.get("expireAt").n())))
        .allSatisfy(expireAt -> assertThat(expireAt).isBetween(days(14) - 5, days(14)));
  }

  @ParameterizedTest
  @ValueSource(longs = {-3600, 3600, -30 * 86_400, 30 * 86_400})
  void aClockThatIsSetHoldsNoWriteUp(long seconds) {
    Cluster.Member process = cluster.process(Mode.LEDGER);
    process.writeAndWait("t/0/7", Write.event("other"));
    process.client.next(Operation.PUT_ITEM, dev.sluice.testkit.simulated.client.Fate.SILENT);
    Ended write = process.write("t/0/1", put("first"));
    cluster.time.advance(Duration.ofMillis(100));
    process.off = Duration.ofSeconds(seconds);
    Instant set = cluster.time.now();
    cluster.await();

    assertThat(write.failure).isNull();
    assertThat(Duration.between(set, cluster.time.now())).isLessThan(Duration.ofSeconds(10));
    assertThat(expiryOfTheClaim()).isGreaterThanOrEqualTo(days(14) - 10);
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"LEDGER", "TRANSACTIONAL"})
  void aClockThatIsSetForwardTakesNothingOver(Mode mode) {
    Cluster.Member member = cluster.process(mode);
    member.writeAndWait("t/0/1", put("first"));
    member.off = MONTH;

    Ended duplicate = member.writeAndWait("t/0/2", put("first"));

    assertThat(duplicate.outcome).isInstanceOf(Outcome.Duplicate.class);
  }

  @Test
  @Timeout(30)
  void inRealTimeDurationsDoNotGoByTheClock() throws Exception {
    Instant fixed = Instant.parse("2026-03-01T12:00:00Z");
    try (RealTimeWriter real =
        RealTimeWriter.start(
            settings ->
                settings
                    .clock(InstantSource.fixed(fixed))
                    .requestTimeout(Duration.ofMillis(50))
                    .linger(Duration.ofMillis(5)))) {
      real.dynamo.next("PutItem", new Fate.NeverAnswered(false));
      real.dynamo.next("BatchWriteItem", new Fate.NeverAnswered(false));
      Outcome outcome =
          real.writer
              .write(
                  new SourcePosition("t/0/1"),
                  Write.event("e").put(Worker.PLAIN, Worker.item("a", 1, "x")))
              .toCompletableFuture()
              .get(20, TimeUnit.SECONDS);

      assertThat(outcome).isInstanceOf(Outcome.Applied.class);
    }
  }
}
