package dev.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** What callers state is checked where it is stated, is immutable, and keeps secrets. */
class ModelTest {

  @Test
  void suffixesAreReadAsTheyAreWritten() {
    for (Suffix suffix : List.of(Suffix.NONE, new Suffix(0, 0), new Suffix(7, 9_973))) {
      assertThat(Suffix.parse(suffix.toString())).isEqualTo(suffix);
    }
    assertThat(Suffix.NONE.isNone()).isTrue();
    assertThat(new Suffix(0, 0).isNone()).isFalse();
    assertThat(new Suffix(7, 13)).hasToString("7.13");
  }

  @Test
  void otherFormsOfSuffixesAreRejected() {
    for (String text :
        List.of("", "--", ".", "1", "1.", ".1", "1.2.3", "a.b", "-1.2", "1.-2", "01.2", "+1.2")) {
      assertThatIllegalArgumentException().as(text).isThrownBy(() -> Suffix.parse(text));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> new Suffix(-1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Suffix(0, -1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Suffix(-2, -2));
  }

  /** A NullPointerException of the JDK's maps says neither what was null nor whose fault it is. */
  @Test
  void whatIsNullInAnItemIsNamed() {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put("amount", null);
    assertThatThrownBy(() -> Write.event("e").put("t", item))
        .isInstanceOf(InvalidWriteException.class)
        .hasMessageContaining("'amount' is null");
    item.put("amount", AttributeValue.fromN("1"));
    item.put(null, AttributeValue.fromN("1"));
    assertThatThrownBy(() -> Write.event("e").create("t", item))
        .isInstanceOf(InvalidWriteException.class)
        .hasMessageContaining("name is null");
    assertThatThrownBy(() -> Write.event("e").delete("t", null))
        .isInstanceOf(InvalidWriteException.class);
  }

  @Test
  void positionsOfDifferentRecordsDiffer() {
    assertThat(SourcePosition.of("t", 1, 23)).isNotEqualTo(SourcePosition.of("t", 12, 3));
    assertThat(SourcePosition.of("t", 1, 2).withIndex(3)).hasToString("t/1/2#3");
    assertThat(SourcePosition.of("t", 1, 2)).isEqualTo(new SourcePosition("t/1/2"));
  }

  @Test
  void aPositionOfKafkaHasItsParts() {
    SourcePosition position = SourcePosition.of("a.b_c-d", 7, 1L << 40).withLeaderEpoch(5);

    assertThat(position.topic()).contains("a.b_c-d");
    assertThat(position.partition()).hasValue(7);
    assertThat(position.offset()).hasValue(1L << 40);
    assertThat(position.leaderEpoch()).hasValue(5);
    assertThat(position.index()).isEmpty();
    SourcePosition third = position.withIndex(3);
    assertThat(third.index()).hasValue(3);
    assertThat(third.leaderEpoch()).hasValue(5);
    assertThat(third.offset()).hasValue(1L << 40);
    assertThat(SourcePosition.of("t", 0, 0).leaderEpoch()).isEmpty();
  }

  @Test
  void theLeaderEpochMakesNoOtherPosition() {
    SourcePosition position = SourcePosition.of("t", 1, 2);

    assertThat(position.withLeaderEpoch(5))
        .isEqualTo(position)
        .hasSameHashCodeAs(position)
        .hasToString("t/1/2");
    assertThatIllegalStateException()
        .isThrownBy(() -> new SourcePosition("t/1/2").withLeaderEpoch(5))
        .withMessageContaining("'t/1/2'");
  }

  @Test
  void nothingIsReadOutOfAnOpaquePosition() {
    for (String text : List.of("t/1/2", "t/1/2#3", "shard-1#4959", "orders.csv#17", "#17", "17#")) {
      SourcePosition position = new SourcePosition(text);
      assertThat(position.topic()).isEmpty();
      assertThat(position.partition()).isEmpty();
      assertThat(position.offset()).isEmpty();
      assertThat(position.index()).isEmpty();
      assertThat(position.value()).isEqualTo(text);
    }
    assertThat(new SourcePosition("orders.csv#17").withIndex(2).index()).hasValue(2);
  }

  @Test
  void whatIsNoPositionIsRejected() {
    SourcePosition position = SourcePosition.of("t", 1, 2);
    assertThatIllegalArgumentException().isThrownBy(() -> SourcePosition.of("t", -1, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> SourcePosition.of("t", 1, -2));
    assertThatIllegalArgumentException().isThrownBy(() -> position.withIndex(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> position.withLeaderEpoch(-1));
    assertThatIllegalStateException()
        .isThrownBy(() -> position.withIndex(1).withIndex(2))
        .withMessageContaining("'t/1/2#1'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SourcePosition("p".repeat(1024)).withIndex(0));
  }

  /** Positions of one record, of different ones, and whether a text alone leaves it open. */
  @Test
  void positionsOfOneRecordAreKnownByTheirParts() {
    SourcePosition record = SourcePosition.of("t", 0, 5);
    SourcePosition file = new SourcePosition("orders.csv");
    SourcePosition line = new SourcePosition("orders.csv#17");
    assertSameRecord(record, record.withIndex(3));
    assertSameRecord(record.withIndex(1), record.withIndex(2).withLeaderEpoch(7));
    assertOtherRecord(record, SourcePosition.of("t", 0, 51));
    assertOtherRecord(record.withIndex(1), SourcePosition.of("t", 1, 5).withIndex(1));
    assertSameRecord(file.withIndex(1), file.withIndex(2));
    assertSameRecord(file.withIndex(17), line);
    assertSameRecord(line.withIndex(1), line.withIndex(2));
    assertSameRecord(line, line.withIndex(1));
    assertOtherRecord(line, new SourcePosition("orders.csv#18"));
    assertOtherRecord(line, file);
    assertOtherRecord(file.withIndex(18), line);
    assertOtherRecord(new SourcePosition("t/0/5#1"), new SourcePosition("t/0/5#2"));
  }

  @Test
  void aTextFromALedgerIsTakenForAllThatItMayBe() {
    SourcePosition record = SourcePosition.of("t", 0, 5);
    assertSameRecord(record, SourcePosition.recorded("t/0/5#1"));
    assertSameRecord(record.withIndex(2), SourcePosition.recorded("t/0/5#1"));
    assertSameRecord(record.withIndex(2), SourcePosition.recorded("t/0/5"));
    assertOtherRecord(record.withIndex(2), SourcePosition.recorded("t/0/51"));
    SourcePosition file = new SourcePosition("orders.csv");
    assertSameRecord(file, SourcePosition.recorded("orders.csv#1"));
    assertSameRecord(file.withIndex(2), SourcePosition.recorded("orders.csv#1"));
    assertOtherRecord(new SourcePosition("orders.csv#2"), SourcePosition.recorded("orders.csv#1"));
    assertOtherRecord(file, SourcePosition.recorded("orders.csv#01"));
    assertOtherRecord(file, SourcePosition.recorded("orders.csv#2147483648"));
  }

  @Test
  void whoWritesARecordsIndexByHandIsNotTakenForAnother() {
    SourcePosition byHand = new SourcePosition("t/0/5#1");
    assertSameRecord(byHand, SourcePosition.of("t", 0, 5));
    assertSameRecord(byHand, SourcePosition.of("t", 0, 5).withIndex(2));
    assertSameRecord(byHand, new SourcePosition("t/0/5"));
    assertSameRecord(byHand, SourcePosition.recorded("t/0/5#2"));
    assertOtherRecord(byHand, SourcePosition.of("t", 0, 6));
  }

  private static void assertSameRecord(SourcePosition one, SourcePosition other) {
    assertThat(one.isOfSameRecordAs(other)).as("%s, %s", one, other).isTrue();
    assertThat(other.isOfSameRecordAs(one)).as("%s, %s", other, one).isTrue();
  }

  private static void assertOtherRecord(SourcePosition one, SourcePosition other) {
    assertThat(one.isOfSameRecordAs(other)).as("%s, %s", one, other).isFalse();
    assertThat(other.isOfSameRecordAs(one)).as("%s, %s", other, one).isFalse();
  }

  @Test
  void positionsAreNeitherEmptyNorEndless() {
    assertThat(new SourcePosition("p".repeat(1024)).value()).hasSize(1024);
    assertThatIllegalArgumentException().isThrownBy(() -> new SourcePosition(""));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SourcePosition("p".repeat(1025)))
        .withMessageContaining("1024")
        .withMessageContaining("1025");
    assertThatNullPointerException().isThrownBy(() -> new SourcePosition(null));
  }

  @Test
  void aLedgerNeedsAScope() {
    LedgerTable ledger = LedgerTable.named("claims");
    assertThatIllegalStateException()
        .isThrownBy(ledger::scope)
        .withMessageContaining("'claims' has no scope");
    assertThat(ledger.scope("billing").scope()).isEqualTo("billing");
    for (String scope : List.of("", "a#b", "s".repeat(256))) {
      assertThatIllegalArgumentException().isThrownBy(() -> ledger.scope(scope));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> LedgerTable.named(""));
  }

  @Test
  void aLedgersRetentionIsBounded() {
    LedgerTable ledger = LedgerTable.named("claims").scope("s");
    assertThat(ledger.retention()).isEqualTo(Duration.ofDays(14));
    assertThat(ledger.retention(Duration.ofDays(1825)).retention())
        .isEqualTo(Duration.ofDays(1825));
    for (Duration bad : List.of(Duration.ZERO, Duration.ofSeconds(59), Duration.ofDays(1826))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ledger.retention(bad))
          .withMessageContaining(bad.toString());
    }
    assertThat(ledger.retention(Duration.ofDays(3)).scope()).isEqualTo("s");
  }

  @Test
  void aLedgerSaysHowItIsCreated() {
    var request = LedgerTable.named("claims").createTableRequest();
    assertThat(request.tableName()).isEqualTo("claims");
    assertThat(request.billingMode()).isEqualTo(BillingMode.PAY_PER_REQUEST);
    assertThat(request.keySchema())
        .singleElement()
        .satisfies(key -> assertThat(key.attributeName()).isEqualTo("id"));
    var expiry = LedgerTable.named("claims").timeToLiveRequest().timeToLiveSpecification();
    assertThat(expiry.attributeName()).isEqualTo("expireAt");
    assertThat(expiry.enabled()).isTrue();
  }

  @Test
  void eachStepOfAWriteLeavesTheOneBeforeAsItWas() {
    Map<String, AttributeValue> item = new HashMap<>(Map.of("pk", AttributeValue.fromS("a")));
    Write bare = Write.event("e");
    Write one = bare.create("t", item);
    Write two = one.delete("u", item).fingerprintOf(new byte[] {7});
    item.put("later", AttributeValue.fromS("x"));

    assertThat(bare.effects()).isEmpty();
    assertThat(one.effects()).hasSize(1);
    assertThat(two.effects()).hasSize(2);
    assertThat(one.fingerprint()).isEmpty();
    assertThat(two.fingerprint()).contains(Fingerprint.of(new byte[] {7}));
    assertThat(two.effects().get(0).item()).containsOnlyKeys("pk");
  }

  @Test
  void writesAndEffectsPrintNeitherIdsNorItems() {
    Write write =
        Write.event("secret-id").put("plain", Map.of("pk", AttributeValue.fromS("secret-value")));

    assertThat(write).hasToString("Write[put to plain]");
    assertThat(write.effects().get(0)).hasToString("put to plain");
  }

  @Test
  void fingerprintsDifferByContentAndComeBackFromTheirBytes() {
    Fingerprint one = Fingerprint.of(new byte[0]);
    Fingerprint other = Fingerprint.of(new byte[] {0});

    assertThat(one).isNotEqualTo(other);
    assertThat(Fingerprint.fromBytes(other.toBytes())).isEqualTo(other).hasSameHashCodeAs(other);
    // The first half of SHA-256 of nothing: it is stored, and so must not change.
    assertThat(one).hasToString("e3b0c44298fc1c149afbf4c8996fb924");
    other.toBytes()[0]++;
    assertThat(other).isEqualTo(Fingerprint.of(new byte[] {0}));
    assertThatThrownBy(() -> Fingerprint.fromBytes(new byte[15]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Fingerprint.fromBytes(new byte[17]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aKeySchemaKeepsItsKeysWhenIndexesAreAdded() {
    KeySchema schema =
        KeySchema.of("net", ScalarAttributeType.S)
            .sortedBy("at", ScalarAttributeType.N)
            .indexedBy("mag", ScalarAttributeType.N);

    assertThat(schema).hasToString("(net S, at N)");
    assertThat(schema.types()).hasSize(3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> schema.indexedBy("x", ScalarAttributeType.UNKNOWN_TO_SDK_VERSION));
  }
}
