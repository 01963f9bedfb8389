package dev.sluice.benchmarks.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * Where and when a run was made.
 *
 * @param date by UTC
 * @param commit of the sources, with a plus if they were changed since
 * @param processor its model
 * @param cores that the JVM may use
 * @param java the JDK
 * @param system the operating system
 */
public record Machine(
    String date, String commit, String processor, int cores, String java, String system) {

  /**
   * Looks.
   *
   * @return this machine, now
   * @throws IOException if git cannot be asked for the commit
   */
  public static Machine here() throws IOException {
    return new Machine(
        LocalDate.now(ZoneOffset.UTC).toString(),
        headCommit(),
        cpuModel(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.vm.name") + ' ' + Runtime.version(),
        System.getProperty("os.name") + ' ' + System.getProperty("os.arch"));
  }

  private static String headCommit() throws IOException {
    // What a run writes itself is no change of the sources.
    String changed =
        output(
            "git",
            "status",
            "--porcelain",
            "--",
            ":/",
            ":(exclude,top)benchmarks/results",
            ":(exclude,top)benchmarks/README.md");
    return output("git", "rev-parse", "--short", "HEAD") + (changed.isEmpty() ? "" : "+");
  }

  private static String output(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    return new String(process.getInputStream().readAllBytes(), UTF_8).trim();
  }

  private static String cpuModel() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(info)) {
      return System.getProperty("os.arch");
    }
    try (var lines = Files.lines(info)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).trim())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    }
  }

  @Override
  public String toString() {
    return "%s at commit %s; %s, %d cores; %s on %s"
        .formatted(date, commit, processor, cores, java, system);
  }
}
