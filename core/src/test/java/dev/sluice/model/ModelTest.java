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
  void otherFormsOfSuffixesAreRefused() {
    for (String text :
        List.of("", "--", ".", "1", "1.", ".1", "1.2.3", "a.b", "-1.2", "1.-2", "01.2", "+1.2")) {
      assertThatIllegalArgumentException().as(text).isThrownBy(() -> Suffix.parse(text));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> new Suffix(-1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Suffix(0, -1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Suffix(-2, -2));
  }

  @Test
  void positionsOfDifferentRecordsDiffer() {
    assertThat(SourcePosition.of("t", 1, 23)).isNotEqualTo(SourcePosition.of("t", 12, 3));
    assertThat(SourcePosition.of("t", 1, 2).withIndex(3)).hasToString("t/1/2#3");
    assertThat(SourcePosition.of("t", 1, 2)).isEqualTo(new SourcePosition("t/1/2"));
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
