package dev.sluice.benchmarks.writer;

import dev.sluice.benchmarks.client.NettyClient;
import dev.sluice.testkit.simulated.server.SimulatedDynamoDbServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/** The simulated service in a process of its own, so that its work is nobody else's. */
final class ServerProcess implements AutoCloseable {
  private static final int STOP_SECONDS = 5;

  private final Process process;
  private final URI endpoint;

  private ServerProcess(Process process, URI endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  static ServerProcess start() throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Process process =
        new ProcessBuilder(
                List.of(
                    java.toString(),
                    "-Xms1g",
                    "-Xmx1g",
                    "-XX:+UseParallelGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    SimulatedDynamoDbServer.class.getName(),
                    "0"))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out = process.inputReader();
    String line = out.readLine();
    if (line == null) {
      process.destroy();
      throw new IOException("The simulated server ended before it listened.");
    }
    return new ServerProcess(process, URI.create(line));
  }

  /**
   * A client of the server's, without retries of its own.
   *
   * @param inFlight how many requests will be under way
   * @param interceptor sees its requests
   */
  DynamoDbAsyncClient client(int inFlight, ExecutionInterceptor interceptor) {
    return NettyClient.builder(endpoint, inFlight)
        .overrideConfiguration(
            override ->
                override
                    .retryStrategy(AwsRetryStrategy.doNotRetry())
                    .addExecutionInterceptor(interceptor))
        .build();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
