package dev.sluice;

import static dev.sluice.fake.Worker.PLAIN;
import static dev.sluice.fake.Worker.SHARDED;
import static dev.sluice.fake.Worker.item;
import static dev.sluice.fake.Worker.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fake.FakeDynamoDb.Fate;
import dev.sluice.fake.Worker;
import dev.sluice.fake.Worker.Ended;
import dev.sluice.model.InvalidWriteException;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.Suffix;
import dev.sluice.model.Write;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Order by version holds whatever arrives when. */
class VersionedEffectsTest {
  private final Worker worker = Worker.seeded(13);

  private static Write put(String event, long version) {
    return Write.event(event).putIfNewer(PLAIN, item("a", 1, "v" + version), version);
  }

  private AttributeValue stands(String attribute) {
    assertThat(worker.dynamo.items(PLAIN)).hasSize(1);
    return worker.dynamo.items(PLAIN).get(0).get(attribute);
  }

  @Test
  void aNewerVersionReplacesAnOlderOne() {
    worker.writeAndWait("t/0/1", put("e1", 1));
    Ended newer = worker.writeAndWait("t/0/2", put("e2", 2));

    assertThat(newer.outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(stands("value").s()).isEqualTo("v2");
    assertThat(stands("version").n()).isEqualTo("2");
  }

  @Test
  void aStaleVersionChangesNothingAndSaysSo() {
    worker.writeAndWait("t/0/2", put("e2", 2));
    Ended stale = worker.writeAndWait("t/1/1", put("e1", 1));

    assertThat(stale.outcome).isEqualTo(new Outcome.Superseded(List.of(Suffix.NONE), List.of(0)));
    assertThat(stands("value").s()).isEqualTo("v2");
  }

  @Test
  void anOwnAttemptThatLandedWithoutItsReplyIsNotStale() {
    worker.dynamo.next("PutItem", new Fate.Served());
    worker.dynamo.next("PutItem", new Fate.ReplyLost());
    Ended write = worker.writeAndWait("t/0/1", put("e1", 1));

    assertThat(write.outcome).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void aRequestThatLandsLateOverwritesNothingNewer() {
    worker.dynamo.next("PutItem", new Fate.Served());
    worker.dynamo.next("PutItem", new Fate.Late(10_000));
    worker.write("t/0/1", put("e1", 1));
    worker.await();
    worker.writeAndWait("t/0/2", put("e2", 2));
    worker.time.advance(Duration.ofSeconds(20));

    assertThat(stands("value").s()).isEqualTo("v2");
  }

  @Test
  void aDeleteLeavesATombstoneThatOlderVersionsDoNotOvercome() {
    worker.writeAndWait("t/0/1", put("e1", 1));
    worker.writeAndWait("t/0/3", Write.event("e3").deleteIfNewer(PLAIN, key("a", 1), 3));
    Ended late = worker.writeAndWait("t/0/2", put("e2", 2));

    assertThat(late.outcome).isInstanceOf(Outcome.Superseded.class);
    assertThat(stands("deleted").bool()).isTrue();
    assertThat(worker.dynamo.items(PLAIN).get(0)).doesNotContainKey("value");

    worker.writeAndWait("t/0/4", put("e4", 4));
    assertThat(stands("value").s()).isEqualTo("v4");
  }

  @Test
  void anItemFromBeforeThereWereVersionsIsOlderThanAnyVersion() {
    worker.dynamo.putDirectly(PLAIN, item("a", 1, "before"));
    Ended write = worker.writeAndWait("t/0/1", put("e1", -5));

    assertThat(write.outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(stands("version").n()).isEqualTo("-5");
  }

  @Test
  void aWriteOfWhichOneEffectIsStaleAppliesTheOthers() {
    worker.writeAndWait("t/0/2", put("e2", 2));
    Ended mixed =
        worker.writeAndWait(
            "t/0/1",
            Write.event("e1")
                .create(SHARDED, item("b", "x"))
                .putIfNewer(PLAIN, item("a", 1, "v1"), 1));

    assertThat(((Outcome.Superseded) mixed.outcome).stale()).containsExactly(1);
    assertThat(worker.dynamo.items(SHARDED)).hasSize(1);
  }

  @Test
  void versionedEffectsOnShardedTablesAreRejectedByName() {
    assertThatThrownBy(
            () -> worker.write("t/0/1", Write.event("e").putIfNewer(SHARDED, item("a", "x"), 1)))
        .isInstanceOf(InvalidWriteException.class)
        .hasMessageContaining("put if newer to sharded")
        .hasMessageContaining("random(1000)");
  }

  @Test
  void whatSluiceWritesItselfIsRejectedInAnItem() {
    Map<String, AttributeValue> withVersion = item("a", 1, "x");
    withVersion.put("version", AttributeValue.fromN("1"));

    assertThatThrownBy(
            () -> worker.write("t/0/1", Write.event("e").putIfNewer(PLAIN, withVersion, 1)))
        .isInstanceOf(InvalidWriteException.class)
        .hasMessageContaining("'version'");
  }

  private static Stream<AttributeValue> versionsThatAreNoNumbers() {
    return Stream.of(
        AttributeValue.fromS("v2"),
        AttributeValue.fromS("2"),
        AttributeValue.fromNul(true),
        AttributeValue.fromBool(true),
        AttributeValue.fromL(List.of()),
        AttributeValue.fromM(Map.of()),
        AttributeValue.fromNs(List.of("2")),
        AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {2})));
  }

  @ParameterizedTest
  @MethodSource("versionsThatAreNoNumbers")
  void aVersionThatIsNoNumberIsNoNewerOne(AttributeValue version) {
    for (Mode mode : Mode.values()) {
      Worker versions = Worker.seeded(mode, 13, b -> b);
      Map<String, AttributeValue> standing = item("a", 1, "before");
      standing.put("version", version);
      versions.dynamo.putDirectly(PLAIN, standing);
      Ended put = versions.writeAndWait("t/0/1", put("e1", 7));
      Ended delete =
          versions.writeAndWait("t/0/2", Write.event("e2").deleteIfNewer(PLAIN, key("a", 1), 8));

      for (Ended write : List.of(put, delete)) {
        assertThat(write.failure)
            .hasMessageContaining("Table.versionedBy")
            .isInstanceOfSatisfying(
                RejectedWriteException.class,
                rejected -> {
                  assertThat(rejected.errorCode()).isEqualTo("VersionIsNoNumber");
                  assertThat(rejected.partial()).isFalse();
                });
      }
      assertThat(versions.dynamo.items(PLAIN)).containsExactly(standing);
    }
  }

  @Test
  void aStaleVersionInATransactionIsToldByTheItemThatStands() {
    Worker versions = Worker.seeded(Mode.TRANSACTIONAL, 13, b -> b);
    versions.writeAndWait("t/0/2", put("e2", 2));
    Ended stale = versions.writeAndWait("t/1/1", put("e1", 1));
    Ended same = versions.writeAndWait("t/1/2", put("e3", 2));

    assertThat(stale.outcome).isInstanceOf(Outcome.Superseded.class);
    assertThat(same.outcome).isInstanceOf(Outcome.Superseded.class);
  }
}
