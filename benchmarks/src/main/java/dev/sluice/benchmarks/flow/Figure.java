package dev.sluice.benchmarks.flow;

import java.util.Locale;

/**
 * Something measured, beside what it should be.
 *
 * @param what what was measured
 * @param value the value
 * @param target what it should be, in words; empty where it is only shown
 * @param reached whether it is
 */
public record Figure(String what, double value, String target, boolean reached) {

  static Figure shown(String what, double value) {
    return new Figure(what, value, "", true);
  }

  static Figure atLeast(double bound, String what, double value) {
    return new Figure(what, value, "at least " + text(bound), value >= bound);
  }

  static Figure atMost(double bound, String what, double value) {
    return new Figure(what, value, "at most " + text(bound), value <= bound);
  }

  String value(Locale locale) {
    return text(value, locale);
  }

  private static String text(double number) {
    return text(number, Locale.ROOT);
  }

  private static String text(double number, Locale locale) {
    return number == Math.rint(number)
        ? String.format(locale, "%,.0f", number)
        : String.format(locale, "%,.4f", number);
  }
}
