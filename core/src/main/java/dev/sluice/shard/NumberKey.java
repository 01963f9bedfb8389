package dev.sluice.shard;

import java.math.BigDecimal;

/**
 * A number as text, one for each value: {@code 1}, {@code 1.0} and {@code 1E0} are one number to
 * DynamoDB, and so are one key.
 */
final class NumberKey {
  // "Naming rules and data types" in the developer guide: numbers.
  private static final int MAX_DIGITS = 38;
  private static final int MAX_EXPONENT = 125;
  private static final int MIN_EXPONENT = -130;

  // The longest plain text of a number in range, and room for zeros that say nothing.
  private static final int MAX_LENGTH = 512;

  private NumberKey() {}

  static String text(String number) {
    BigDecimal value = parse(number);
    if (value.signum() == 0) {
      return "0";
    }
    int exponent = value.precision() - 1 - value.scale();
    if (value.precision() > MAX_DIGITS || exponent > MAX_EXPONENT || exponent < MIN_EXPONENT) {
      throw rejected();
    }
    return value.toPlainString();
  }

  private static BigDecimal parse(String number) {
    // BigDecimal reads the digits of every script.
    if (number.length() > MAX_LENGTH || !number.chars().allMatch(c -> c < 0x80)) {
      throw rejected();
    }
    try {
      return new BigDecimal(number).stripTrailingZeros();
    } catch (NumberFormatException | ArithmeticException e) {
      throw rejected();
    }
  }

  private static IllegalArgumentException rejected() {
    return new IllegalArgumentException(
        "A number key is not a number that DynamoDB takes: up to 38 significant decimal digits,"
            + " and magnitudes from 1E-130 to 9.99E+125.");
  }
}
