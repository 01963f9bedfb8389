package dev.sluice.benchmarks.pipeline;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of this class path that is asked and answers by {@link JsonLines}. It ends when it is
 * closed, and with this process.
 */
final class ChildJvm implements AutoCloseable {
  private static final int STOP_SECONDS = 10;
  private static final String PARALLEL_CONSUMER_CLOSE =
      "io.confluent.parallelconsumer.internal.AbstractParallelEoSStreamProcessor";

  private final Process process;
  private final BufferedReader in;
  private final BufferedWriter out;

  private ChildJvm(Process process) {
    this.process = process;
    this.in = process.inputReader();
    this.out = process.outputWriter();
  }

  static ChildJvm start(Class<?> main, List<String> options, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=error");
    // It reports its own interruption whenever it is closed.
    command.add("-Dorg.slf4j.simpleLogger.log." + PARALLEL_CONSUMER_CLOSE + "=off");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return new ChildJvm(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** What it says first. */
  <T> T hello(Class<T> type) throws IOException {
    return JsonLines.read(in, type);
  }

  <T> T ask(Object question, Class<T> answer) throws IOException {
    out.write(JsonLines.JSON.writeValueAsString(question));
    out.newLine();
    out.flush();
    return JsonLines.read(in, answer);
  }

  @Override
  public void close() {
    try {
      out.close();
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
