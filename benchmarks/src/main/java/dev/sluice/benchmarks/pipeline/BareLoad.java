package dev.sluice.benchmarks.pipeline;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How much the simulated service can serve: the same requests over and over, encoded beforehand and
 * sent without an SDK.
 */
final class BareLoad {
  /**
   * What it served.
   *
   * @param requestsPerSecond requests answered
   * @param itemsPerSecond items written
   * @param endpointCores how busy its process was
   */
  record Served(double requestsPerSecond, double itemsPerSecond, double endpointCores) {}

  private static final int IN_FLIGHT = 64;
  private static final String ITEM =
      "{\"pk\":{\"S\":\"order-%08d-paid\"},\"payload\":{\"S\":\"" + "x".repeat(660) + "\"}}";

  private final Bench bench;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  BareLoad(Bench bench) {
    this.bench = bench;
  }

  Served puts(int seconds) throws IOException, InterruptedException {
    String body = "{\"TableName\":\"" + Tables.DATA + "\",\"Item\":" + ITEM.formatted(1) + '}';
    return run("PutItem", body, 1, seconds);
  }

  Served batches(int seconds) throws IOException, InterruptedException {
    String writes =
        IntStream.range(0, HandRequests.BATCH)
            .mapToObj(i -> "{\"PutRequest\":{\"Item\":" + ITEM.formatted(i) + "}}")
            .collect(Collectors.joining(","));
    String body = "{\"RequestItems\":{\"" + Tables.DATA + "\":[" + writes + "]}}";
    return run("BatchWriteItem", body, HandRequests.BATCH, seconds);
  }

  private Served run(String operation, String body, int items, int seconds)
      throws IOException, InterruptedException {
    URI endpoint = bench.addresses().unhurried();
    HttpRequest request =
        HttpRequest.newBuilder(endpoint)
            .header("X-Amz-Target", "DynamoDB_20120810." + operation)
            .header("Content-Type", "application/x-amz-json-1.0")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    bench.emptyTables();
    send(request, seconds);
    EndpointMain.Stats before = bench.stats();
    long start = System.nanoTime();
    int sent = send(request, seconds);
    double nanos = System.nanoTime() - start;
    EndpointMain.Stats served = bench.stats().since(before);
    bench.emptyTables();
    double rate = sent * 1e9 / nanos;
    return new Served(rate, rate * items, served.cpuNanos() / nanos);
  }

  private int send(HttpRequest request, int seconds) throws InterruptedException {
    Semaphore permits = new Semaphore(IN_FLIGHT);
    AtomicInteger failed = new AtomicInteger();
    int sent = 0;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (System.nanoTime() < end) {
      permits.acquire();
      sent++;
      var unused =
          http.sendAsync(request, HttpResponse.BodyHandlers.discarding())
              .whenComplete(
                  (response, thrown) -> {
                    if (thrown != null || response.statusCode() != 200) {
                      failed.incrementAndGet();
                    }
                    permits.release();
                  });
    }
    permits.acquire(IN_FLIGHT);
    if (failed.get() > 0) {
      throw new IllegalStateException(failed + " requests of the bare load failed.");
    }
    return sent;
  }
}
