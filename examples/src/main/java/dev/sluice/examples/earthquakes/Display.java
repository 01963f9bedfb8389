package dev.sluice.examples.earthquakes;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Shows progress: in place on a terminal, as a line now and then in a log. */
final class Display {
  private static final int SHORT_BAR = 14;
  private static final int LONG_BAR = 30;
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(2);

  private final PrintStream out;
  private final boolean terminal;
  private boolean inPlace;
  private Duration lastLine = BETWEEN_LINES.negated();

  Display(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Whether a person looks at standard output. */
  @SuppressWarnings("SystemConsoleNull") // isTerminal() is asked where there is one
  static boolean isTerminal() {
    Console console = System.console();
    if (console == null || "dumb".equals(System.getenv().getOrDefault("TERM", "dumb"))) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      // Before Java 22 there is a console only on a terminal.
      return true;
    }
  }

  /** Shows how far things are, if it is time to, or asked for at once. */
  void progress(
      Duration elapsed, int events, Tally tally, double rate, String service, boolean now) {
    if (!terminal && !now && elapsed.minus(lastLine).compareTo(BETWEEN_LINES) < 0) {
      return;
    }
    lastLine = elapsed;
    // In place a line must fit the narrowest usual terminal, or it is no longer in place.
    String form =
        terminal
            ? "%5.1f s [%s] %,5d/%,d %,4.0f/s dup %,3d dead %d lag %,5d %s"
            : "%5.1f s  [%s] %,5d of %,d events  %,4.0f/s  duplicates %,3d  dead letters %d  lag"
                + " %,5d  %s";
    String line =
        String.format(
            Locale.ROOT,
            form,
            elapsed.toMillis() / 1000.0,
            bar(terminal ? SHORT_BAR : LONG_BAR, (double) tally.items() / events),
            tally.items(),
            events,
            rate,
            tally.duplicates(),
            tally.deadLetters(),
            tally.lag(),
            service);
    if (terminal) {
      out.print("\r\u001b[K" + line);
      out.flush();
      inPlace = true;
    } else {
      out.println(line);
    }
  }

  private static String bar(int length, double share) {
    int filled = (int) (length * Math.min(1, share));
    return "#".repeat(filled) + ".".repeat(length - filled);
  }

  /** Says something that stays. */
  void say(String text) {
    if (inPlace) {
      out.println();
      inPlace = false;
    }
    out.println(text);
  }

  /** Begins a part of the report. */
  void heading(String text) {
    say("");
    say(terminal ? "\u001b[1m" + text + "\u001b[0m" : text);
  }
}
