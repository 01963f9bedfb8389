package dev.sluice.kafka.planted;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A bug, as a patch to one source file. Its file has the bug's name, the patched file's path below
 * its source root, and what to find and to put in its place, in marked blocks.
 *
 * @param name what it does wrong
 * @param file the file, below the source root of the adapter
 * @param edits what to change in it
 */
record PlantedBug(String name, String file, List<Edit> edits) {
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
  record Edit(String find, String replace) {}

  /**
   * Reads the bugs.
   *
   * @param names what is to be found in their files' names, a regular expression
   */
  static List<PlantedBug> all(String names) throws IOException {
    Predicate<String> wanted = Pattern.compile(names).asPredicate();
    try (Stream<Path> files = Files.list(BUGS)) {
      return files
          .filter(file -> wanted.test(file.getFileName().toString()))
          .sorted()
          .map(PlantedBug::read)
          .toList();
    }
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
      return new PlantedBug(form.group(1), form.group(2), edits);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String plantIn(String source) {
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
