package dev.sluice.benchmarks.pipeline;

import java.util.Locale;

/**
 * What was aimed at, and what came out.
 *
 * @param what what is held against what
 * @param aim what it should be, in words
 * @param value what it is
 * @param reached whether it is what it should be
 */
record Target(String what, String aim, double value, boolean reached) {

  static Target atMost(double bound, String what, double value) {
    return new Target(what, "at most " + text(bound), value, value <= bound);
  }

  static Target atLeast(double bound, String what, double value) {
    return new Target(what, "at least " + text(bound), value, value >= bound);
  }

  String row() {
    return "| %s | %s | %s | %s |%n"
        .formatted(what, aim, text(value), reached ? "reached" : "**missed**");
  }

  private static String text(double number) {
    String digits = number == Math.rint(number) ? "%,.0f" : number < 1 ? "%,.3f" : "%,.2f";
    return String.format(Locale.ROOT, digits, number);
  }
}
