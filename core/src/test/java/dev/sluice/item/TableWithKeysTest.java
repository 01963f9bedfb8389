package dev.sluice.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.InvalidWriteException;
import dev.sluice.model.KeySchema;
import dev.sluice.model.Table;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** Items are checked against the keys of their table before anything is sent. */
class TableWithKeysTest {
  private final TableWithKeys table =
      new TableWithKeys(
          Table.named("quakes"),
          KeySchema.of("net", ScalarAttributeType.S)
              .sortedBy("at", ScalarAttributeType.B)
              .indexedBy("mag", ScalarAttributeType.N)
              .indexedBy("place", ScalarAttributeType.S));

  private static Map<String, AttributeValue> item(String net, int sortBytes) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put("net", AttributeValue.fromS(net));
    item.put("at", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[sortBytes])));
    return item;
  }

  private void assertRejected(Map<String, AttributeValue> item, String... words) {
    assertThatThrownBy(() -> table.checkItem(item, 0))
        .isInstanceOf(InvalidWriteException.class)
        .hasMessageContainingAll(words)
        .hasMessageNotContaining("secret");
  }

  @Test
  void keysAtTheirLimitsAreTaken() {
    assertThat(table.checkItem(item("k".repeat(2048), 1024), 0).stored())
        .isEqualTo(2048 + 1024 + 5);
    assertThat(table.checkItem(item("ü".repeat(1022), 1), 4).stored()).isEqualTo(2044 + 1 + 5 + 4);
  }

  @Test
  void keysBeyondTheirLimitsAreRejected() {
    assertRejected(item("", 1), "'net'", "'quakes'", "0 bytes", "1 to 2048");
    assertRejected(item("k".repeat(2049), 1), "'net'", "2049", "1 to 2048");
    assertRejected(item("ü".repeat(1025), 1), "'net'", "2050");
    assertRejected(item("a", 0), "'at'", "0 bytes", "1 to 1024");
    assertRejected(item("a", 1025), "'at'", "1025", "1 to 1024");
    assertThatThrownBy(() -> table.checkItem(item("k".repeat(2045), 1), 4))
        .hasMessageContaining("1 to 2044");
  }

  @Test
  void missingAndWronglyTypedKeysAreNamedWithTheSchema() {
    assertRejected(Map.of("net", AttributeValue.fromS("secret")), "'at'", "(net S, at B)");
    Map<String, AttributeValue> wrong = item("a", 1);
    wrong.put("net", AttributeValue.fromN("7"));
    assertRejected(wrong, "'net'", "type N", "table has S");
  }

  @Test
  void indexKeysMayBeAbsentButNeitherEmptyNorOfAnotherType() {
    Map<String, AttributeValue> item = item("a", 1);
    item.put("mag", AttributeValue.fromN("7"));
    item.put("place", AttributeValue.fromS("secret"));
    assertThat(table.checkItem(item, 0).stored()).isPositive();

    item.put("place", AttributeValue.fromS(""));
    assertRejected(item, "'place'", "0 bytes");
    item.put("place", AttributeValue.fromNul(true));
    assertRejected(item, "'place'", "type NUL");
  }

  @Test
  void theLargestItemIsTakenAndOneByteMoreIsNot() {
    Map<String, AttributeValue> item = item("a", 1);
    int rest = 400 * 1024 - 7 - 1;
    item.put("x", AttributeValue.fromS("y".repeat(rest)));
    assertThat(table.checkItem(item, 0).stored()).isEqualTo(400 * 1024);
    assertThatThrownBy(() -> table.checkItem(item, 1)).hasMessageContaining("409601");

    item.put("x", AttributeValue.fromS("y".repeat(rest + 1)));
    assertRejected(item, "'quakes'", "409601", "409600");
  }

  @Test
  void anItemThatNoRequestTakesIsRejected() {
    Map<String, AttributeValue> item = item("a", 1);
    // A number is stored in a few bytes, however many zeros it is written with.
    item.put("mag", AttributeValue.fromN("0".repeat(16 * 1024 * 1024 - 1009) + "1"));
    assertThat(table.checkItem(item, 0).stored()).isLessThan(101);

    item.put("mag", AttributeValue.fromN("0".repeat(16 * 1024 * 1024) + "1"));
    assertRejected(item, "'quakes'", "on the wire", "16777216");
  }

  @Test
  void aDeleteNamesTheKeyAndNothingElse() {
    assertThat(table.checkBareKey(item("a", 1), 4).stored()).isEqualTo(11);
    Map<String, AttributeValue> more = item("a", 1);
    more.put("x", AttributeValue.fromS("secret"));

    assertThatThrownBy(() -> table.checkBareKey(more, 0))
        .isInstanceOf(InvalidWriteException.class)
        .hasMessageContaining("(net S, at B)")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> table.checkBareKey(Map.of(), 0)).hasMessageContaining("lacks");
  }
}
