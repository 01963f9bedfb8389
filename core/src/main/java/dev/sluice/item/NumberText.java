package dev.sluice.item;

import dev.sluice.model.InvalidWriteException;

/**
 * Reads a number as DynamoDB takes it, without making objects: how many significant digits it has
 * and whether it is in range.
 */
final class NumberText {
  private static final int MAX_STORED_BYTES = 21;

  private NumberText() {}

  /**
   * The stored size of a number: a byte for two significant digits, and one more ("Item sizes and
   * formats" in the developer guide), with a byte for the sign of a negative one. The pairs of
   * digits are counted from the point, as DynamoDB Local's reported capacity shows: {@code 2.5} has
   * two. None takes more than 21 bytes: the guide says so, and a negative one of 38 digits in 20
   * pairs shows it.
   *
   * @throws InvalidWriteException if the text is not a number that DynamoDB takes
   */
  static int storedBytes(String text) {
    int end = text.length();
    int at = 0;
    boolean negative = end > 0 && text.charAt(0) == '-';
    if (negative || (end > 0 && text.charAt(0) == '+')) {
      at++;
    }
    boolean anyDigit = false;
    int significant = 0;
    int trailingZeros = 0;
    int pointShift = 0; // decimal exponent of the digit after the last one read
    boolean afterPoint = false;
    for (; at < end; at++) {
      char c = text.charAt(at);
      if (c == '.' && !afterPoint) {
        afterPoint = true;
      } else if (c >= '0' && c <= '9') {
        anyDigit = true;
        if (afterPoint) {
          pointShift--;
        }
        if (c != '0') {
          significant += trailingZeros + 1;
          trailingZeros = 0;
        } else if (significant > 0) {
          trailingZeros++;
        }
      } else {
        break;
      }
    }
    long exponent = anyDigit && at < end ? exponent(text, at) : 0;
    if (!anyDigit || exponent == NOT_A_NUMBER) {
      throw new InvalidWriteException(
          "A number attribute holds text that is not a number; DynamoDB takes decimal digits with an"
              + " optional sign, point and exponent.");
    }
    if (significant > ItemLimits.MAX_NUMBER_DIGITS) {
      throw new InvalidWriteException(
          "A number has " + significant + " significant digits; DynamoDB keeps at most 38.");
    }
    if (significant == 0) {
      return 1;
    }
    long last = exponent + pointShift + trailingZeros;
    long leading = last + significant - 1;
    if (leading > ItemLimits.MAX_NUMBER_EXPONENT || leading < ItemLimits.MIN_NUMBER_EXPONENT) {
      throw new InvalidWriteException(
          "A number is of the order of 1E"
              + leading
              + "; DynamoDB takes magnitudes from 1E-130 to 9.99E+125.");
    }
    int pairs = (int) (Math.floorDiv(leading, 2L) - Math.floorDiv(last, 2L)) + 1;
    return Math.min(pairs + 1 + (negative ? 1 : 0), MAX_STORED_BYTES);
  }

  private static final long NOT_A_NUMBER = Long.MIN_VALUE;

  // Beyond this even BigDecimal's exponents end; what is not zero is far out of range before.
  private static final long LARGEST_EXPONENT = 99_999_999;

  private static long exponent(String text, int from) {
    char c = text.charAt(from);
    if (c != 'e' && c != 'E') {
      return NOT_A_NUMBER;
    }
    int at = from + 1;
    boolean negative = at < text.length() && text.charAt(at) == '-';
    if (negative || (at < text.length() && text.charAt(at) == '+')) {
      at++;
    }
    if (at == text.length()) {
      return NOT_A_NUMBER;
    }
    long value = 0;
    for (; at < text.length(); at++) {
      c = text.charAt(at);
      if (c < '0' || c > '9' || value > LARGEST_EXPONENT) {
        return NOT_A_NUMBER;
      }
      value = value * 10 + (c - '0');
    }
    return negative ? -value : value;
  }
}
