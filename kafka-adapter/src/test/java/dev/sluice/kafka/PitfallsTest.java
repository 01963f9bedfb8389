package dev.sluice.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.junit.ArchTest;
import java.io.IOException;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Member;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** {@code docs/pitfalls.md} names a test for each bug of other consumers, and the test exists. */
class PitfallsTest {
  private static final Path PAGE = Path.of("..", "docs", "pitfalls.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (C\\d+) \\|(.+)\\|$");
  private static final Pattern TEST = Pattern.compile("`([\\w.]+)#(\\w+)`");
  private static final Pattern PLANTED =
      Pattern.compile("\\(\\.\\./kafka-adapter/src/test/planted/([^)]+)\\)");

  private static List<MatchResult> rows() throws IOException {
    return ROW.matcher(Files.readString(PAGE)).results().toList();
  }

  @Test
  void everyPitfallHasARow() throws IOException {
    List<String> numbers = IntStream.rangeClosed(1, 41).mapToObj(i -> "C" + i).toList();

    assertThat(rows().stream().map(row -> row.group(1))).containsExactlyElementsOf(numbers);
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
        if (!isTest("dev.sluice.kafka." + test.group(1), test.group(2))) {
          missing.add(row.group(1) + " names " + test.group());
        }
      }
    }

    assertThat(missing).isEmpty();
  }

  private static boolean isTest(String type, String name) {
    Class<?> found;
    try {
      found = Class.forName(type, false, PitfallsTest.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      return false;
    }
    return Stream.concat(
            Stream.of(found.getDeclaredMethods()), Stream.of(found.getDeclaredFields()))
        .anyMatch(member -> ((Member) member).getName().equals(name) && isTest(member));
  }

  private static boolean isTest(AccessibleObject member) {
    return member.isAnnotationPresent(Test.class)
        || member.isAnnotationPresent(ParameterizedTest.class)
        || member.isAnnotationPresent(ArchTest.class);
  }

  @Test
  void everyPlantedBugThatIsNamedExists() throws IOException {
    Set<String> named = new TreeSet<>();
    PLANTED.matcher(Files.readString(PAGE)).results().forEach(link -> named.add(link.group(1)));

    assertThat(named)
        .allMatch(file -> Files.isRegularFile(Path.of("src", "test", "planted", file)), "exist");
  }
}
