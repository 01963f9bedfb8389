package dev.sluice.testkit.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** {@code docs/pitfalls.md} names a test for each bug of simulated services, and it exists. */
class PitfallsTest {
  private static final Path PAGE = Path.of("..", "docs", "pitfalls.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (E\\d+) \\|(.+)\\|$");
  private static final Pattern TEST = Pattern.compile("`([\\w.]+)#(\\w+)`");

  @Test
  void everyRowNamesTestsThatExist() throws IOException {
    List<MatchResult> rows = ROW.matcher(Files.readString(PAGE)).results().toList();
    List<String> missing = new ArrayList<>();
    for (MatchResult row : rows) {
      List<MatchResult> tests = TEST.matcher(row.group(2)).results().toList();
      assertThat(tests).as(row.group(1)).isNotEmpty();
      tests.stream()
          .filter(test -> !isTest(test.group(1), test.group(2)))
          .forEach(test -> missing.add(row.group(1) + " names " + test.group()));
    }

    assertThat(rows).hasSize(5);
    assertThat(missing).isEmpty();
  }

  private static boolean isTest(String type, String name) {
    try {
      Class<?> found =
          Class.forName(
              PitfallsTest.class.getPackageName() + "." + type,
              false,
              PitfallsTest.class.getClassLoader());
      return Stream.of(found.getDeclaredMethods())
          .anyMatch(method -> method.getName().equals(name) && isTest(method));
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static boolean isTest(Method method) {
    return method.isAnnotationPresent(Test.class)
        || method.isAnnotationPresent(ParameterizedTest.class);
  }
}
