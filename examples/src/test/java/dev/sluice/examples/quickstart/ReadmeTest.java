package dev.sluice.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README shows is what is compiled. */
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");
  private static final Path SOURCE =
      Path.of("src/main/java/dev/sluice/examples/quickstart/QuickStart.java");
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void everyPieceOfJavaIsCompiled() throws IOException {
    String source = withoutSpace(Files.readString(SOURCE));
    List<String> pieces =
        JAVA.matcher(Files.readString(README))
            .results()
            .map((MatchResult r) -> r.group(1))
            .toList();

    assertThat(pieces).isNotEmpty();
    assertThat(pieces).allSatisfy(piece -> assertThat(source).contains(withoutSpace(piece)));
  }

  @Test
  void theQuickStartBeginsBeforeLine40() throws IOException {
    List<String> lines = Files.readAllLines(README);

    assertThat(lines.indexOf("```java")).isBetween(0, 39);
  }

  private static String withoutSpace(String text) {
    return text.replaceAll("\\s", "");
  }
}
