package dev.sluice;

import static dev.sluice.fake.Cluster.DATA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.fake.Cluster;
import dev.sluice.fake.Worker.Ended;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.Table;
import dev.sluice.model.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** An item that has expired counts as absent, though the service deletes it days later. */
class ExpiringItemsTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final Cluster cluster = new Cluster(47);

  private void assertStands(String value) {
    assertThat(cluster.onlyItem()).containsEntry("value", AttributeValue.fromS(value));
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aCreateOverAnExpiredItemIsNotLost(Mode mode) {
    cluster.put(cluster.expiring("k", "old", HOUR.negated()));
    Ended created =
        cluster
            .process(mode)
            .writeAndWait("t/0/1", Write.event("e").create(DATA, Cluster.item("k", "new")));

    assertThat(created.outcome).isInstanceOf(Outcome.Applied.class);
    cluster.expire();
    assertStands("new");
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void createsInABatchOverExpiredItemsAreNotLost(Mode mode) {
    Cluster.Member process = cluster.process(mode);
    List<Ended> ended = new ArrayList<>();
    for (int i = 0; i < 53; i++) {
      cluster.put(cluster.expiring("k" + i, "old", i % 2 == 0 ? HOUR : HOUR.negated()));
      Write write = Write.event("e" + i).create(DATA, Cluster.item("k" + i, "new"));
      ended.add(process.write("t/0/" + i, write));
    }
    cluster.await();

    assertThat(ended).allMatch(end -> end.outcome instanceof Outcome.Applied);
    cluster.time.advance(Duration.ofSeconds(1));
    cluster.expire();
    for (Map<String, AttributeValue> item : cluster.service.items(DATA)) {
      int number = Integer.parseInt(item.get("pk").s().substring(1));
      assertThat(item.get("value").s()).isEqualTo(number % 2 == 0 ? "old" : "new");
    }
    assertThat(cluster.service.items(DATA)).hasSize(53);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void anItemThatStillLivesKeepsACreateOut(Mode mode) {
    cluster.put(cluster.expiring("k", "old", HOUR));
    cluster
        .process(mode)
        .writeAndWait("t/0/1", Write.event("e").create(DATA, Cluster.item("k", "new")));

    assertStands("old");
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aVersionThatHasExpiredSupersedesNothing(Mode mode) {
    Map<String, AttributeValue> old = cluster.expiring("k", "old", HOUR.negated());
    old.put("version", AttributeValue.fromN("9"));
    cluster.put(old);
    Cluster.Member process = cluster.process(mode);
    Ended newer =
        process.writeAndWait(
            "t/0/1", Write.event("e1").putIfNewer(DATA, Cluster.item("k", "new"), 3));
    Ended deleted =
        process.writeAndWait(
            "t/0/2",
            Write.event("e2").deleteIfNewer(DATA, Map.of("pk", AttributeValue.fromS("k")), 4));

    assertThat(newer.outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(deleted.outcome).isInstanceOf(Outcome.Applied.class);
    cluster.expire();
    assertThat(cluster.onlyItem()).containsEntry("version", AttributeValue.fromN("4"));
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void whatTheServiceNeverDeletesKeepsACreateOut(Mode mode) {
    List<AttributeValue> never =
        List.of(
            AttributeValue.fromS("1"),
            AttributeValue.fromNul(true),
            AttributeValue.fromL(List.of()),
            AttributeValue.fromN("7"),
            AttributeValue.fromN(
                Long.toString(
                    cluster.time.now().minus(Duration.ofDays(5 * 365 + 1)).getEpochSecond())),
            // Milliseconds are a time far ahead.
            AttributeValue.fromN(Long.toString(cluster.time.now().toEpochMilli())));
    Cluster.Member process = cluster.process(mode);
    for (int i = 0; i < never.size(); i++) {
      Map<String, AttributeValue> old = Cluster.item("k" + i, "old");
      old.put(Cluster.UNTIL, never.get(i));
      cluster.put(old);
      process.writeAndWait(
          "t/0/" + i, Write.event("e" + i).create(DATA, Cluster.item("k" + i, "new")));
    }

    assertThat(cluster.expire()).isZero();
    assertThat(cluster.service.items(DATA))
        .allSatisfy(item -> assertThat(item.get("value").s()).isEqualTo("old"));
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aClockThatIsAheadReplacesNoItemThatLives(Mode mode) {
    cluster.put(cluster.expiring("k", "old", HOUR));
    cluster
        .process(mode, Duration.ofDays(30))
        .writeAndWait("t/0/1", Write.event("e").create(DATA, Cluster.item("k", "new")));

    assertStands("old");
  }

  @Test
  void aReplayOfAnExpiredItemExpiresAgain() {
    Map<String, AttributeValue> item = cluster.expiring("k", "own", HOUR);
    Write write = Write.event("e").create(DATA, item);
    cluster.process(Mode.LEDGER).writeAndWait("t/0/1", write);
    cluster.time.advance(HOUR.multipliedBy(2));
    Ended replayed = cluster.process(Mode.LEDGER).writeAndWait("t/0/1", write);

    assertThat(replayed.outcome).isInstanceOf(Outcome.Replayed.class);
    assertStands("own");
    assertThat(cluster.expire()).isOne();
    assertThat(cluster.onlyItem()).isNull();
  }

  @Test
  void oneAttributeIsNotForVersionsAndExpiry() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Table.named("t").expiresBy("version"))
        .withMessageContaining("'version'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Table.named("t").expiresBy("at").versionedBy("at"))
        .withMessageContaining("'at'");
    assertThatIllegalArgumentException().isThrownBy(() -> Table.named("t").expiresBy(""));
    assertThat(Table.named("t").expiresBy("at").versionedBy("v").expiryAttribute()).contains("at");
  }
}
