package dev.sluice.planted;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A bug, as a patch to one source file. Its file has the bug's name, the patched file's path below
 * its source root, and what to find and to put in its place, in marked blocks.
 *
 * @param name what it does wrong
 * @param file the file, below the source root of the writer or of the simulation
 * @param find text that stands in it exactly once
 * @param replace what to put in its place
 */
record PlantedBug(String name, String file, String find, String replace) {
  private static final Path BUGS = Path.of("src", "test", "planted");
  private static final Pattern FORM =
      Pattern.compile("(.+)\n(.+)\n<<<<\n(.*)\n====\n(.*)\n>>>>\n", Pattern.DOTALL);

  static List<PlantedBug> all() throws IOException {
    try (Stream<Path> files = Files.list(BUGS)) {
      return files.sorted().map(PlantedBug::read).toList();
    }
  }

  private static PlantedBug read(Path path) {
    try {
      Matcher form = FORM.matcher(Files.readString(path));
      if (!form.matches()) {
        throw new IllegalStateException(path + " does not have the form of a bug.");
      }
      return new PlantedBug(form.group(1), form.group(2), form.group(3), form.group(4));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String plantIn(String source) {
    int at = source.indexOf(find);
    if (at < 0 || source.indexOf(find, at + 1) >= 0) {
      throw new IllegalStateException(
          "The place for '" + name + "' in " + file + " is not there exactly once: " + find);
    }
    return source.substring(0, at) + replace + source.substring(at + find.length());
  }

  @Override
  public String toString() {
    return name;
  }
}
