package dev.sluice.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.InvalidWriteException;
import dev.sluice.model.KeySchema;
import dev.sluice.model.Table;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** Two keys are one exactly where DynamoDB takes them for one. */
class PrimaryKeyTest {
  private static final TableWithKeys STRINGS =
      new TableWithKeys(
          Table.named("t"),
          KeySchema.of("p", ScalarAttributeType.S).sortedBy("s", ScalarAttributeType.S));

  private static PrimaryKey strings(String partition, String sort) {
    return PrimaryKey.of(
        STRINGS, Map.of("p", AttributeValue.fromS(partition), "s", AttributeValue.fromS(sort)));
  }

  private static PrimaryKey only(AttributeValue value) {
    TableWithKeys table =
        new TableWithKeys(
            Table.named("t"),
            KeySchema.of("p", ScalarAttributeType.fromValue(value.type().name())));
    return PrimaryKey.of(table, Map.of("p", value));
  }

  @Test
  void neitherOrderNorSeparatorsMakeTwoKeysOne() {
    assertThat(strings("a", "b")).isNotEqualTo(strings("b", "a"));
    assertThat(strings("a$", "b")).isNotEqualTo(strings("a", "$b"));
    assertThat(strings("a#", "b")).isNotEqualTo(strings("a", "#b"));
    assertThat(strings("ab", "")).isNotEqualTo(strings("a", "b"));
    assertThat(strings("a", "b")).isEqualTo(strings("a", "b")).hasSameHashCodeAs(strings("a", "b"));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1.0",
    "1, 1.",
    "100, 1E2",
    "100, 1e+2",
    "-0, 0",
    "0.0, 0E7",
    "-1.50, -1.5",
    "+7, 7",
    "0.001, 1E-3",
    "1E125, 10E124"
  })
  void numbersAreOneByValue(String one, String other) {
    assertThat(only(AttributeValue.fromN(one)))
        .isEqualTo(only(AttributeValue.fromN(other)))
        .hasSameHashCodeAs(only(AttributeValue.fromN(other)));
  }

  @Test
  void numbersThatDifferInTheirLastDigitDiffer() {
    String long1 = "99999999999999999999999999999999999998";
    String long2 = "99999999999999999999999999999999999999";

    assertThat(only(AttributeValue.fromN(long1))).isNotEqualTo(only(AttributeValue.fromN(long2)));
  }

  @Test
  void binaryKeysAreOneByContentAndNeverText() {
    SdkBytes bytes = SdkBytes.fromUtf8String("a");
    AttributeValue binary = AttributeValue.fromB(bytes);

    assertThat(only(binary)).isEqualTo(only(AttributeValue.fromB(SdkBytes.fromUtf8String("a"))));
    assertThat(only(binary)).isNotEqualTo(only(AttributeValue.fromS("a")));
    assertThat(only(AttributeValue.fromN("1"))).isNotEqualTo(only(AttributeValue.fromS("1")));
    // Not UTF-8 at all, so that both would be the same replacement character as text.
    assertThat(only(AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {(byte) 0xfe}))))
        .isNotEqualTo(only(AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {(byte) 0xff}))));
  }

  /** Each against each, by what was meant and not by how it was written. */
  @Test
  void keysAreEqualExactlyWhereTheirValuesAre() {
    record Meant(String type, Object value, PrimaryKey key) {}
    for (long seed = 0; seed < 7; seed++) {
      KeyCorpus corpus = new KeyCorpus(seed);
      List<Meant> keys = new ArrayList<>();
      for (int i = 0; i < 101; i++) {
        BigDecimal number = corpus.value();
        keys.add(new Meant("N", number, only(AttributeValue.fromN(corpus.spelled(number)))));
        String text = corpus.text();
        keys.add(new Meant("S", text, only(AttributeValue.fromS(text))));
        SdkBytes bytes = corpus.binary();
        keys.add(
            new Meant(
                "B",
                new BigInteger(1, bytes.asByteArray()).toString(16)
                    + '/'
                    + bytes.asByteArray().length,
                only(AttributeValue.fromB(bytes))));
      }
      for (Meant one : keys) {
        for (Meant other : keys) {
          boolean same =
              one.type.equals(other.type)
                  && (one.value instanceof BigDecimal number
                      ? number.compareTo((BigDecimal) other.value) == 0
                      : one.value.equals(other.value));
          if (one.key.equals(other.key) != same) {
            throw new AssertionError("seed " + seed + ": " + one + " and " + other);
          }
          if (same && one.key.hashCode() != other.key.hashCode()) {
            throw new AssertionError("seed " + seed + ": hashes of " + one + " and " + other);
          }
        }
      }
    }
  }

  @Test
  void pairsAreEqualExactlyWhereBothPartsAre() {
    for (long seed = 0; seed < 7; seed++) {
      KeyCorpus corpus = new KeyCorpus(seed);
      List<List<String>> pairs = new ArrayList<>();
      for (int i = 0; i < 211; i++) {
        pairs.add(List.of(corpus.text(), corpus.text()));
      }
      for (List<String> one : pairs) {
        for (List<String> other : pairs) {
          boolean same =
              strings(one.get(0), one.get(1)).equals(strings(other.get(0), other.get(1)));
          if (same != one.equals(other)) {
            throw new AssertionError("seed " + seed + ": " + one + " and " + other);
          }
        }
      }
    }
  }

  /** Not only equal: fingerprints of keys are stored, and go by unscaled value and scale. */
  @Test
  void integersAreReadAsAnyOtherNumberIs() {
    Corpus corpus = new Corpus(7);
    List<String> numbers =
        new ArrayList<>(
            List.of("0", "-0", "00", "7", "-7", "100", "-1200", "007", "999999999999999999"));
    numbers.addAll(List.of("-99999999999999999", "1000000000000000000", "9223372036854775808"));
    for (int i = 0; i < 1009; i++) {
      numbers.add(corpus.number());
    }
    for (String number : numbers) {
      BigDecimal expected = new BigDecimal(number).stripTrailingZeros();

      assertThat(ItemNumber.of(number)).as(number).isEqualTo(expected);
      assertThat(ItemNumber.of(number).toString()).isEqualTo(expected.toString());
    }
  }

  @Test
  void aHugeExponentCostsNothing() {
    // Expanded it would have a hundred million digits.
    assertThat(only(AttributeValue.fromN("0E99999999"))).isEqualTo(only(AttributeValue.fromN("0")));
  }

  @Test
  void tablesAreKeptApart() {
    assertThat(new PrimaryKey("t", "a", null)).isNotEqualTo(new PrimaryKey("u", "a", null));
  }

  @Test
  void anotherPartitionKeepsTheSortKey() {
    assertThat(strings("a", "b").withPartition(AttributeValue.fromS("c")))
        .isEqualTo(strings("c", "b"));
  }

  @Test
  void keysPrintTheirTableOnly() {
    assertThat(strings("secret", "secret")).hasToString("PrimaryKey[t]");
  }

  @Test
  void whatIsNoKeyIsRejected() {
    for (Map<String, AttributeValue> item :
        List.of(
            Map.of("p", AttributeValue.fromS("a")),
            Map.of("p", AttributeValue.fromBool(true), "s", AttributeValue.fromS("b")))) {
      assertThatThrownBy(() -> PrimaryKey.of(STRINGS, item))
          .isInstanceOf(InvalidWriteException.class);
    }
  }
}
