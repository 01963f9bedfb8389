package dev.sluice.item;

import java.math.BigDecimal;

/** Reads numbers as DynamoDB compares them. */
final class ItemNumber {
  private static final int LONGEST_SHORT = 18;

  private ItemNumber() {}

  /** {@return a number as DynamoDB compares it: by its value, however it was written} */
  static BigDecimal of(String text) {
    return isShortInteger(text)
        ? withoutTrailingZeros(Long.parseLong(text))
        : new BigDecimal(text).stripTrailingZeros();
  }

  private static boolean isShortInteger(String text) {
    int start = text.startsWith("-") ? 1 : 0;
    for (int i = start; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return text.length() > start && text.length() <= LONGEST_SHORT;
  }

  /** As most numbers are: the same as of any other, by one object instead of five. */
  private static BigDecimal withoutTrailingZeros(long value) {
    long digits = value;
    int zeros = 0;
    while (digits != 0 && digits % 10 == 0) {
      digits /= 10;
      zeros++;
    }
    return BigDecimal.valueOf(digits, -zeros);
  }
}
