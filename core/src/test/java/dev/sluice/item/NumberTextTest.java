package dev.sluice.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.InvalidWriteException;
import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers are read as DynamoDB reads them. */
class NumberTextTest {

  @ParameterizedTest
  @CsvSource({
    "0, 1",
    "-0, 1",
    "0.000, 1",
    "1, 2",
    "+1, 2",
    "-1, 3",
    "1.0, 2",
    "100, 2",
    "1E2, 2",
    "0.01, 2",
    "12, 2",
    "123, 3",
    "1230, 3",
    "0.0123, 3",
    "-12345, 5",
    ".5, 2",
    "2.5, 3",
    "12E21, 3",
    "12E22, 2",
    "5., 2",
    "1e-130, 2",
    "9.9E125, 2",
    "1E0000000002, 2",
    "0E99999999, 1",
    "-99999999999999999999999999999999999999, 21",
    "9999999999999999999999999999999999999.9, 21",
    "-9999999999999999999999999999999999999.9, 21"
  })
  void aByteForTwoSignificantDigitsAndOneMoreAndOneForAMinus(String text, int bytes) {
    assertThat(NumberText.storedBytes(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-",
        "+",
        ".",
        "e5",
        "1e",
        "1e+",
        "1 ",
        " 1",
        "1,5",
        "0x1F",
        "NaN",
        "Infinity",
        "--1",
        "1.2.3",
        "1e5.5",
        "0e99999999999",
        "1e-99999999999",
        "1f",
        "١",
        "1e126",
        "1e-131",
        "10E125",
        "-1e126",
        "123456789012345678901234567890123456789",
        "1.00000000000000000000000000000000000001"
      })
  void whatDynamoDbDoesNotTakeIsRejectedWithoutQuotingIt(String text) {
    assertThatThrownBy(() -> NumberText.storedBytes(text))
        .isInstanceOf(InvalidWriteException.class)
        .satisfies(
            rejected -> {
              if (text.length() > 30) {
                assertThat(rejected.getMessage()).doesNotContain(text);
              }
            });
  }

  @Test
  void theSizeGoesByTheValueAndNotByTheText() {
    SplittableRandom random = new SplittableRandom(17);
    for (int i = 0; i < 10_007; i++) {
      long digits = random.nextLong(-1_000_000_007L, 1_000_000_007L);
      BigDecimal value = BigDecimal.valueOf(digits, random.nextInt(-19, 23));
      int bytes = NumberText.storedBytes(value.toPlainString());

      assertThat(NumberText.storedBytes(value.toString())).as(value.toString()).isEqualTo(bytes);
      assertThat(NumberText.storedBytes(value.toEngineeringString())).isEqualTo(bytes);
      BigDecimal stripped = value.stripTrailingZeros();
      int lastPair = Math.floorDiv(-stripped.scale(), 2);
      int firstPair = Math.floorDiv(stripped.precision() - stripped.scale() - 1, 2);
      int expected =
          value.signum() == 0 ? 1 : firstPair - lastPair + 2 + (value.signum() < 0 ? 1 : 0);
      assertThat(bytes).as(value.toString()).isEqualTo(expected);
    }
  }
}
