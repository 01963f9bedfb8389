package dev.sluice.model;

/** The forms of source positions as text. */
final class PositionText {
  /** Stands before the index of one of a record's writes. */
  static final char INDEX = '#';

  /** Stands between topic, partition and offset. */
  static final char SEPARATOR = '/';

  private static final int MAX_INDEX_DIGITS = 10;

  private PositionText() {}

  /** Where a text ends as {@code SourcePosition.withIndex} makes it end, or -1. */
  static int indexAt(String text) {
    int at = text.lastIndexOf(INDEX);
    int digits = text.length() - at - 1;
    if (at < 1 || digits > MAX_INDEX_DIGITS || !isNumber(text, at + 1, text.length())) {
      return -1;
    }
    return Long.parseLong(text, at + 1, text.length(), 10) > Integer.MAX_VALUE ? -1 : at;
  }

  /** Whether a text has the form {@code topic/partition/offset}. */
  static boolean isOfKafka(String text) {
    int second = text.lastIndexOf(SEPARATOR);
    int first = text.lastIndexOf(SEPARATOR, second - 1);
    return first > 0
        && isNumber(text, first + 1, second)
        && isNumber(text, second + 1, text.length())
        && text.chars().limit(first).allMatch(PositionText::isInTopics);
  }

  private static boolean isInTopics(int character) {
    return (character >= 'a' && character <= 'z')
        || (character >= 'A' && character <= 'Z')
        || isDigit(character)
        || character == '.'
        || character == '_'
        || character == '-';
  }

  /** Whether a part of a text is a number without signs and leading zeros. */
  private static boolean isNumber(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!isDigit(text.charAt(i))) {
        return false;
      }
    }
    return to > from && (text.charAt(from) != '0' || to == from + 1);
  }

  private static boolean isDigit(int character) {
    return character >= '0' && character <= '9';
  }
}
