package dev.sluice.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromBool;

import dev.sluice.model.ConfigurationException;
import dev.sluice.model.Fingerprint;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What is written into a ledger is read back from it, and nothing else is. */
class LedgerItemTest {

  private static LedgerEntry entry(List<Suffix> suffixes, Fingerprint hash) {
    return new LedgerEntry(
        "s#e",
        new SourcePosition("t/0/1"),
        LedgerEntry.Mode.LEDGER,
        Fingerprint.of(new byte[] {1}),
        suffixes,
        hash);
  }

  private static Map<String, AttributeValue> item() {
    return new HashMap<>(LedgerItem.of(entry(List.of(Suffix.NONE), null), 1));
  }

  @Test
  void anEntryComesBackAsItWas() {
    SplittableRandom random = new SplittableRandom(7);
    for (int effects = 0; effects <= 101; effects++) {
      List<Suffix> suffixes = new ArrayList<>();
      for (int i = 0; i < effects; i++) {
        suffixes.add(
            random.nextBoolean()
                ? Suffix.NONE
                : new Suffix(random.nextInt(3), random.nextInt(10_000)));
      }
      Fingerprint hash = random.nextBoolean() ? Fingerprint.of(new byte[] {2}) : null;
      LedgerEntry entry = entry(suffixes, hash);

      assertThat(LedgerItem.parse(LedgerItem.of(entry, 7))).isEqualTo(entry);
    }
  }

  @Test
  void theExpiryIsANumberOfSeconds() {
    Map<String, AttributeValue> item = LedgerItem.of(entry(List.of(), null), 1_800_000_007L);

    assertThat(item.get("expireAt").n()).isEqualTo("1800000007");
    assertThat(item).containsOnlyKeys("id", "src", "mode", "keys", "suffixes", "expireAt");
  }

  @Test
  void onlyATextThatLooksIndexedTakesAnAttributeMore() {
    for (SourcePosition source :
        List.of(
            SourcePosition.of("t", 0, 5).withIndex(1),
            new SourcePosition("file").withIndex(1),
            new SourcePosition("file#01"))) {
      assertThat(of(source)).doesNotContainKey("noIndex");
    }
    assertThat(of(new SourcePosition("file#17"))).containsEntry("noIndex", fromBool(true));
    assertThat(of(new SourcePosition("file#17")).get("src").s()).isEqualTo("file#17");
  }

  private static Map<String, AttributeValue> of(SourcePosition source) {
    LedgerEntry entry = entry(List.of(), Fingerprint.of(new byte[] {2}));
    LedgerEntry from =
        new LedgerEntry(
            entry.id(), source, entry.mode(), entry.keys(), entry.suffixes(), entry.hash());
    Map<String, AttributeValue> item = LedgerItem.of(from, 7);
    assertThat(LedgerItem.parse(item)).isEqualTo(from);
    List<String> names = LedgerItem.forms().get(LedgerItem.form(from));
    AttributeValue[] values = LedgerItem.parameters(from, AttributeValue.fromN("7"));
    assertThat(names).hasSameSizeAs(values);
    for (int i = 0; i < values.length; i++) {
      assertThat(item).containsEntry(names.get(i), values[i]);
    }
    return item;
  }

  @Test
  void aForeignEntryIsRejectedWithoutQuotingIt() {
    Map<String, AttributeValue> foreign =
        Map.of(
            "mode", AttributeValue.fromS("secret"),
            "suffixes", AttributeValue.fromS("0.secret"),
            "keys", AttributeValue.fromS("secret"),
            "hash", AttributeValue.fromN("4711"),
            "src", AttributeValue.fromN("4711"));
    foreign.forEach(
        (name, value) -> {
          Map<String, AttributeValue> item = item();
          item.put(name, value);
          assertRejected(item);
        });
    for (String name : List.of("id", "src", "mode", "keys", "suffixes")) {
      Map<String, AttributeValue> item = item();
      item.remove(name);
      assertRejected(item);
    }
  }

  private static void assertRejected(Map<String, AttributeValue> item) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> LedgerItem.parse(item))
        .withMessageContaining("ledger table of its own")
        .withMessageNotContaining("secret")
        .withMessageNotContaining("4711")
        .withNoCause();
  }
}
