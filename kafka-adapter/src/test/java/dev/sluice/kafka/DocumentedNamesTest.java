package dev.sluice.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages that lead through the code name classes that exist. */
class DocumentedNamesTest {
  private static final Pattern NAME = Pattern.compile("`([A-Z][a-z]\\w+)(?:\\.\\w+\\(.*\\))?`");

  @ParameterizedTest
  @ValueSource(strings = {"architecture.md", "glossary.md"})
  void everyClassThatIsNamedExists(String page) throws IOException {
    Set<String> classes =
        new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.sluice")
                .stream()
                .map(JavaClass::getSimpleName)
                .collect(Collectors.toSet());
    Set<String> named =
        NAME.matcher(Files.readString(Path.of("..", "docs", page)))
            .results()
            .map((MatchResult found) -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(named).hasSizeGreaterThan(30);
    named.removeAll(classes);
    assertThat(named).as("names of no class").isEmpty();
  }
}
