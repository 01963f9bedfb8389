package dev.sluice.testkit.planted;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A bug, as a patch to one source file. Its file has the bug's name, the patched file's path below
 * its source root, and what to find and to put in its place, in marked blocks.
 *
 * @param number the number that its file's name begins with
 * @param name what it does wrong
 * @param file the file, below its source root
 * @param edits what to change in it
 */
public record PlantedBug(String number, String name, String file, List<Edit> edits) {
  private static final Path BUGS = Path.of("src", "test", "planted");
  private static final Pattern FORM =
      Pattern.compile("([^\n]+)\n([^\n]+)\n((?:<<<<\n.*?\n====\n.*?\n>>>>\n)+)", Pattern.DOTALL);
  private static final Pattern EDIT =
      Pattern.compile("<<<<\n(.*?)\n====\n(.*?)\n>>>>\n", Pattern.DOTALL);

  /**
   * A change.
   *
   * @param find text that stands in the file exactly once
   * @param replace what to put in its place
   */
  public record Edit(String find, String replace) {}

  /**
   * Reads the bugs in {@code src/test/planted} of the module that runs.
   *
   * @return them, by number
   * @throws IOException if they cannot be read
   */
  public static List<PlantedBug> all() throws IOException {
    try (Stream<Path> files = Files.list(BUGS)) {
      return files.sorted().map(PlantedBug::read).toList();
    }
  }

  /**
   * Whether a choice names it.
   *
   * @param choice numbers, and regular expressions that are to be found in names; separated by
   *     commas; an empty one names all
   * @return whether it does
   */
  public boolean isIn(String choice) {
    return choice.isEmpty()
        || Arrays.stream(choice.split(","))
            .anyMatch(one -> one.equals(number) || Pattern.compile(one).matcher(name).find());
  }

  private static PlantedBug read(Path path) {
    try {
      Matcher form = FORM.matcher(Files.readString(path));
      if (!form.matches()) {
        throw new IllegalStateException(path + " does not have the form of a bug.");
      }
      List<Edit> edits =
          EDIT.matcher(form.group(3))
              .results()
              .map(edit -> new Edit(edit.group(1), edit.group(2)))
              .toList();
      String number = path.getFileName().toString().split("-", 2)[0];
      return new PlantedBug(number, form.group(1), form.group(2), edits);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Changes its file's text.
   *
   * @param source the text
   * @return the text with the bug
   * @throws IllegalStateException if a place to change is not there exactly once
   */
  public String plantIn(String source) {
    String changed = source;
    for (Edit edit : edits) {
      int at = changed.indexOf(edit.find);
      if (at < 0 || changed.indexOf(edit.find, at + 1) >= 0) {
        throw new IllegalStateException(
            "The place for '" + name + "' in " + file + " is not there exactly once: " + edit.find);
      }
      changed =
          changed.substring(0, at) + edit.replace + changed.substring(at + edit.find.length());
    }
    return changed;
  }

  @Override
  public String toString() {
    return name;
  }
}
