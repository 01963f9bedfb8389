package dev.sluice.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A part of a page between {@code <!-- NAME: begin -->} and {@code <!-- NAME: end -->}. */
final class MarkedSection {
  private MarkedSection() {}

  /**
   * Replaces what is between the marks.
   *
   * @param page the file
   * @param name of the section
   * @param text what it is to hold
   */
  static void replace(Path page, String name, String text) throws IOException {
    Files.writeString(page, replaced(Files.readString(page), name, text));
  }

  static String replaced(String page, String name, String text) {
    String begin = "<!-- " + name + ": begin -->";
    String end = "<!-- " + name + ": end -->";
    int from = page.indexOf(begin);
    int to = page.indexOf(end);
    if (from < 0 || to < from) {
      throw new IllegalArgumentException(
          "The page has no section '%s'; it must have the lines '%s' and '%s'"
              .formatted(name, begin, end));
    }
    return page.substring(0, from + begin.length())
        + "\n\n"
        + text.strip()
        + "\n\n"
        + page.substring(to);
  }
}
