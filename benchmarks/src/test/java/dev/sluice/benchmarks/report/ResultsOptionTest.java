package dev.sluice.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;

class ResultsOptionTest {
  private static final String PAGE = "<!-- a: begin -->\nold\n<!-- a: end -->\n";

  @TempDir Path module;

  @Command(name = "some")
  private static final class Some {
    @Mixin ResultsOption results = new ResultsOption();
  }

  @BeforeEach
  void writePage() throws IOException {
    Files.writeString(module.resolve("README.md"), PAGE);
  }

  @Test
  void runWithoutOptionsIsKeptAndShown() throws IOException {
    Results results = results();
    results.show("new");

    assertThat(results.folder()).isEqualTo(module.resolve("results").resolve("a")).isDirectory();
    assertThat(module.resolve("README.md")).content().contains("new").doesNotContain("old");
  }

  @Test
  void runWithAnOptionLeavesAloneWhatIsKept() throws IOException {
    Results results = results("--rounds", "7");
    results.show("new");

    assertThat(results.folder())
        .isEqualTo(module.resolve("target").resolve("results").resolve("a"));
    assertThat(module.resolve("results")).doesNotExist();
    assertThat(module.resolve("README.md")).hasContent(PAGE);
  }

  private Results results(String... options) {
    Some some = new Some();
    CommandLine line = new CommandLine(some);
    line.getCommandSpec().addOption(OptionSpec.builder("--rounds").type(int.class).build());
    String[] arguments = new String[options.length + 2];
    System.arraycopy(options, 0, arguments, 0, options.length);
    arguments[options.length] = "--results";
    arguments[options.length + 1] = module.resolve("results").toString();
    line.parseArgs(arguments);
    return some.results.of("a");
  }
}
