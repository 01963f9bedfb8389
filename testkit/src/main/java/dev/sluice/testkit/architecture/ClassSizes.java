package dev.sluice.testkit.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds classes that are too long, and constructors that take too much. */
public final class ClassSizes {
  private ClassSizes() {}

  /**
   * Finds long classes.
   *
   * @param sources a folder of sources
   * @param most how many lines a file may have, comments included
   * @return the names of the files that have more
   */
  public static List<String> longerThan(Path sources, int most) {
    try (Stream<Path> files = Files.walk(sources)) {
      return files
          .filter(each -> each.toString().endsWith(".java"))
          .filter(each -> lines(each) > most)
          .map(each -> each.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long lines(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Finds constructors with many parameters, those of records included.
   *
   * @param classes the classes
   * @param most how many parameters a constructor may have
   * @return the names of the classes that have one with more
   */
  public static List<String> constructorsWiderThan(JavaClasses classes, int most) {
    return classes.stream()
        .filter(
            each ->
                each.getConstructors().stream()
                    .anyMatch(made -> made.getRawParameterTypes().size() > most))
        .map(each -> each.getName())
        .sorted()
        .toList();
  }
}
