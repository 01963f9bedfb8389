package dev.sluice.testkit.simulated.item;

import dev.sluice.testkit.simulated.error.ServiceErrors;
import java.math.BigDecimal;

/**
 * DynamoDB's numbers: up to 38 significant digits, magnitudes from 1E-130 to 9.99E+125, kept
 * without leading and trailing zeros ("Data types", "Number" in the developer guide).
 */
public final class Numbers {

  private static final int MOST_DIGITS = 38;
  private static final int LARGEST_EXPONENT = 125;
  private static final int SMALLEST_EXPONENT = -130;
  private static final int LONGEST_PLAIN = 18;

  private Numbers() {}

  /**
   * Reads a number.
   *
   * @return the number without trailing zeros, so that equal numbers are equal objects
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException {@code
   *     ValidationException} if it is not a number that DynamoDB takes
   */
  public static BigDecimal parse(String text) {
    if (isPlain(text)) {
      return BigDecimal.valueOf(Long.parseLong(text)).stripTrailingZeros();
    }
    BigDecimal number;
    try {
      number = new BigDecimal(text);
    } catch (NumberFormatException e) {
      throw ServiceErrors.validation("not a number: " + text);
    }
    return checked(number);
  }

  /**
   * Checks a number that was calculated.
   *
   * @return the number without trailing zeros
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException {@code
   *     ValidationException} if it has too many digits or is too large or too small
   */
  public static BigDecimal checked(BigDecimal number) {
    var stripped = number.stripTrailingZeros();
    if (stripped.signum() == 0) {
      return stripped;
    }
    if (stripped.precision() > MOST_DIGITS) {
      throw ServiceErrors.validation("a number of " + stripped.precision() + " digits");
    }
    long exponent = (long) stripped.precision() - stripped.scale() - 1;
    if (exponent > LARGEST_EXPONENT || exponent < SMALLEST_EXPONENT) {
      throw ServiceErrors.validation("a number of the order of 1E" + exponent);
    }
    return stripped;
  }

  /** {@return the number's text as DynamoDB gives it back; the same object if nothing changes} */
  static String normal(String text) {
    return isPlain(text) ? text : parse(text).toPlainString();
  }

  /**
   * Bytes as stored: one for each pair of digits, counted from the point, from the first to the
   * last that is not zero; one more; and one for a minus sign. The guide says so up to the pairs'
   * place, which is measured.
   */
  static int storedBytes(String normal) {
    int point = normal.indexOf('.');
    int ones = (point < 0 ? normal.length() : point) - 1;
    int first = -1;
    int last = -1;
    for (int i = 0; i < normal.length(); i++) {
      char c = normal.charAt(i);
      if (c > '0' && c <= '9') {
        first = first < 0 ? i : first;
        last = i;
      }
    }
    if (first < 0) {
      return 1;
    }
    int pairs = pair(first, ones) - pair(last, ones) + 1;
    return pairs + 1 + (normal.charAt(0) == '-' ? 1 : 0);
  }

  /** Which power of a hundred the digit at an index belongs to. */
  private static int pair(int index, int ones) {
    int power = index <= ones ? ones - index : ones - index + 1;
    return Math.floorDiv(power, 2);
  }

  /** Whether it is a short natural number in its normal form, as most numbers are. */
  private static boolean isPlain(String text) {
    int length = text.length();
    if (length == 0 || length > LONGEST_PLAIN || (text.charAt(0) == '0' && length > 1)) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}
