package dev.sluice.examples.earthquakes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The service in a JVM of its own, so that it can be killed. */
final class ServiceProcess implements AutoCloseable {
  private final Process process;
  private final Path log;

  private ServiceProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  static ServiceProcess start(String name, String bootstrapServers, URI endpoint, Path directory) {
    try {
      Files.createDirectories(directory);
      Path log = directory.resolve(name + ".log");
      ProcessBuilder command =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Xmx256m",
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              EarthquakeService.class.getName(),
              bootstrapServers,
              endpoint.toString());
      command.environment().put("CLASSPATH", System.getProperty("java.class.path"));
      command.redirectErrorStream(true).redirectOutput(log.toFile());
      return new ServiceProcess(command.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  /** Fails if the process is not running. */
  void requireRunning() {
    if (!process.isAlive()) {
      throw new IllegalStateException(
          "The service ended with status " + process.exitValue() + "; its log is " + log);
    }
  }

  /** As {@code kill -9} does. */
  void kill() {
    process.destroyForcibly();
    await();
  }

  /** As {@code kill} does: the service drains, commits and closes. */
  @Override
  public void close() {
    process.destroy();
    await();
  }

  private void await() {
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("The service did not stop; its log is " + log);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
