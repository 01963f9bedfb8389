package dev.sluice.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs TLC on each line of {@code variants.txt}: good models must hold, and each broken variant
 * must be rejected by the invariant that its line names. Each check has a JVM and a folder of its
 * own, where the whole of TLC's output stays. Java alone, so that it runs from its source.
 */
final class CheckModels {

  private static final Duration LIMIT = Duration.ofMinutes(15);
  private static final Pattern STATES = Pattern.compile("(\\d+) distinct states found");
  private static final Pattern STEP = Pattern.compile("(?m)^State (\\d+): ");
  private static final Pattern FIRST_WORD = Pattern.compile("\\w+");

  /** A line of variants.txt; of a good model, {@code change} and {@code violated} are empty. */
  private record Check(String kind, String name, String config, String change, String violated) {

    static Check parse(String line) {
      String[] f = line.split("\\|");
      Arrays.setAll(f, i -> f[i].strip());
      return switch (f[0] + f.length) {
        case "good2" -> new Check(f[0], f[1], f[1], "", "");
        case "broken5", "limit5" -> new Check(f[0], f[1], f[2], f[3], f[4]);
        default -> throw new IllegalArgumentException("not a line of variants.txt: " + line);
      };
    }

    boolean isGood() {
      return kind.equals("good");
    }

    /** Good and broken rules are in one module, so that a check has nothing else to choose. */
    String module() {
      return config.substring(0, config.indexOf('-')) + "Broken";
    }

    /** The good configuration; for a variant, with its rules replaced and its invariant alone. */
    String configuration(String good) {
      if (isGood()) {
        return good;
      }
      String changed = good.substring(0, good.indexOf("INVARIANTS")) + "INVARIANT " + violated;
      for (String rule : change.split(";")) {
        Matcher word = FIRST_WORD.matcher(rule);
        if (!word.find()) {
          throw new IllegalArgumentException("no rule in: " + change);
        }
        changed =
            changed
                .replaceAll("(?m)^  " + word.group() + "\\b.*\n", "")
                .replace("CONSTANTS\n", "CONSTANTS\n  " + rule.strip() + "\n");
      }
      return changed + "\n";
    }
  }

  private final Path sources;
  private final Path target;
  private final String workers;

  private CheckModels(Path sources, Path target, String workers) {
    this.sources = sources;
    this.target = target;
    this.workers = workers;
  }

  /**
   * @param args the folder of the models; the folder for what the runs leave; TLC's workers; and,
   *     where only some checks are wanted, a regular expression for their names
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    var run = new CheckModels(Path.of(args[0]), Path.of(args[1]), args[2]);
    Pattern wanted = Pattern.compile(args.length > 3 ? args[3] : "");
    List<String> failed = new ArrayList<>();
    int checked = 0;
    for (String line : Files.readAllLines(run.sources.resolve("variants.txt"))) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      Check check = Check.parse(line);
      if (!wanted.matcher(check.name()).find()) {
        continue;
      }
      checked++;
      if (!run.isAsExpected(check)) {
        failed.add(check.name());
      }
    }
    if (checked == 0) {
      failed.add("no check is named like " + wanted);
    }
    System.out.println(checked + " checks, " + failed.size() + " not as expected " + failed);
    System.exit(failed.isEmpty() ? 0 : 1);
  }

  private boolean isAsExpected(Check check) throws IOException, InterruptedException {
    Path folder = target.resolve(check.name() + (check.isGood() ? "" : "-" + check.violated()));
    prepare(folder, check);
    Path log = folder.resolve("tlc.txt");
    long start = System.nanoTime();
    Process tlc =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx2g",
                "-XX:+UseParallelGC",
                "-cp",
                Path.of(System.getProperty("java.class.path")).toAbsolutePath().toString(),
                "tlc2.TLC",
                "-workers",
                workers,
                "-metadir",
                "states",
                "-config",
                "check.cfg",
                check.module())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean inTime = tlc.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
    if (!inTime) {
      tlc.destroyForcibly().waitFor();
    }
    deleteTree(folder.resolve("states"));
    String output = Files.readString(log);
    String found = inTime ? found(output) : "no end within " + LIMIT;
    String expected = check.isGood() ? "holds" : "violates " + check.violated();
    System.out.printf(
        "%-7s %-32s %-26s %9s states %3d steps %4d s%s%n",
        check.kind(),
        check.name(),
        found,
        last(STATES, output),
        Integer.parseInt(last(STEP, output)),
        Duration.ofNanos(System.nanoTime() - start).toSeconds(),
        found.equals(expected) ? "" : "   EXPECTED: " + expected + ", see " + log);
    return found.equals(expected);
  }

  private void prepare(Path folder, Check check) throws IOException {
    deleteTree(folder);
    Files.createDirectories(folder);
    try (Stream<Path> files = Files.list(sources)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".tla")).toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    String good = Files.readString(sources.resolve(check.config() + ".cfg"));
    Files.writeString(folder.resolve("check.cfg"), check.configuration(good));
  }

  /** Anything but a clean end or a violated invariant (a mistake in a model, say) is an error. */
  private static String found(String output) {
    Matcher violated = Pattern.compile("Invariant (\\w+) is violated").matcher(output);
    if (violated.find()) {
      return "violates " + violated.group(1);
    }
    return output.contains("No error has been found") ? "holds" : "error";
  }

  private static String last(Pattern pattern, String text) {
    return pattern.matcher(text).results().reduce((a, b) -> b).map(m -> m.group(1)).orElse("0");
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(path);
      }
    }
  }
}
