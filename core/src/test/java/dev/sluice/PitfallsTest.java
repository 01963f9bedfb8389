package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * {@code docs/pitfalls.md} names a test for each bug of others, and the test exists. Those of
 * consumers are checked where their tests are.
 */
class PitfallsTest {
  private static final Path PAGE = Path.of("..", "docs", "pitfalls.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| ([LSBR]\\d+) \\|(.+)\\|$");
  private static final Pattern TEST = Pattern.compile("`([\\w.]+)#(\\w+)`");
  private static final Pattern PLANTED =
      Pattern.compile("\\(\\.\\./core/src/test/planted/([^)]+)\\)");

  private static List<MatchResult> rows() throws IOException {
    return ROW.matcher(Files.readString(PAGE)).results().toList();
  }

  @Test
  void everyPitfallHasARow() throws IOException {
    List<String> numbers =
        Stream.of(numbers("L", 14), numbers("S", 10), numbers("B", 28), numbers("R", 7))
            .flatMap(of -> of)
            .toList();

    assertThat(rows().stream().map(row -> row.group(1))).containsExactlyElementsOf(numbers);
  }

  private static Stream<String> numbers(String letter, int last) {
    return IntStream.rangeClosed(1, last).mapToObj(i -> letter + i);
  }

  @Test
  void everyRowNamesTestsThatExist() throws IOException {
    List<String> missing = new ArrayList<>();
    for (MatchResult row : rows()) {
      List<MatchResult> tests = TEST.matcher(row.group(2)).results().toList();
      if (tests.isEmpty()) {
        missing.add(row.group(1) + " names no test");
      }
      for (MatchResult test : tests) {
        if (!isTest("dev.sluice." + test.group(1), test.group(2))) {
          missing.add(row.group(1) + " names " + test.group());
        }
      }
    }

    assertThat(missing).isEmpty();
  }

  private static boolean isTest(String type, String name) {
    Method[] methods;
    try {
      methods = Class.forName(type).getDeclaredMethods();
    } catch (ClassNotFoundException e) {
      return false;
    }
    return Arrays.stream(methods)
        .anyMatch(
            method ->
                method.getName().equals(name)
                    && (method.isAnnotationPresent(Test.class)
                        || method.isAnnotationPresent(ParameterizedTest.class)));
  }

  @Test
  void everyPlantedBugThatIsNamedExists() throws IOException {
    Set<String> named = new TreeSet<>();
    PLANTED.matcher(Files.readString(PAGE)).results().forEach(link -> named.add(link.group(1)));

    assertThat(named)
        .isNotEmpty()
        .allMatch(file -> Files.isRegularFile(Path.of("src", "test", "planted", file)), "exist");
  }
}
