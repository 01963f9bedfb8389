package dev.sluice.benchmarks.batching;

import dev.sluice.IdempotentWriter;
import dev.sluice.IdempotentWriterBuilder;
import dev.sluice.model.KeySchema;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Mode;
import dev.sluice.model.Outcome;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Table;
import dev.sluice.model.Write;
import dev.sluice.model.WriteListener;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.simulated.client.Latency;
import dev.sluice.testkit.simulated.client.Mishaps;
import dev.sluice.testkit.simulated.client.SimulatedDynamoDbClient;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * Events that come at a rate, by chance or in bunches, and how a writer in virtual time gets on
 * with them. The service answers each request after the same time; nothing fails.
 */
final class Load {
  private static final String DATA = "payments";
  private static final String LEDGER = "event-ledger";

  private final VirtualTime time;
  private final ScheduledExecutorService timers;
  private final RandomGenerator random;
  private final IdempotentWriter writer;
  private final Requests requests = new Requests();
  private final double rate;
  private final int bunch;
  private final long[] latencies;
  private int offered;
  private int durable;

  /**
   * What came of it.
   *
   * @param p50 the median of the latency, in milliseconds
   * @param p99 what one in a hundred exceeds
   * @param itemsPerClaim items in a request for claims, on average
   * @param itemsPerEffect items in a request for effects, on average
   * @param requestsPerEvent requests of both kinds for one event
   */
  record Result(
      double p50,
      double p99,
      double itemsPerClaim,
      double itemsPerEffect,
      double requestsPerEvent) {}

  Load(
      Mode mode,
      Duration linger,
      double rate,
      int bunch,
      int events,
      Duration serviceLatency,
      int inFlight,
      long seed) {
    this.time = VirtualTime.seeded(seed);
    this.timers = time.scheduler();
    this.random = time.random();
    this.rate = rate;
    this.bunch = bunch;
    this.latencies = new long[events];
    SimulatedDynamoDb service = SimulatedDynamoDb.create();
    service.createTable(DATA, KeyAttribute.string("id"));
    service.createTable(LEDGER, KeyAttribute.string("id"));
    SimulatedDynamoDbClient client =
        new SimulatedDynamoDbClient(service, time.scheduler(), time.clock(), time.random());
    client.mishaps(Mishaps.none().latency(Latency.fixed(serviceLatency)));
    IdempotentWriterBuilder builder =
        IdempotentWriter.builder(client)
            .mode(mode)
            .table(Table.named(DATA).keys(KeySchema.of("id", ScalarAttributeType.S)))
            .withoutTableCheck()
            .linger(linger)
            .maxInFlightRequests(inFlight)
            // All of them, so that nothing but the requests holds an event up.
            .maxBufferedItems(events)
            .maxBufferedBytes(Long.MAX_VALUE)
            .metrics(requests)
            .clock(time.clock())
            .random(time.random())
            .scheduler(time.scheduler())
            .requestExecutor(time.serialExecutor())
            .callbackExecutor(time.serialExecutor());
    if (mode != Mode.KEYED) {
      builder.ledger(LedgerTable.named(LEDGER).scope("batching"));
    }
    this.writer = builder.build();
  }

  Result run() {
    timers.execute(this::arrive);
    time.runUntil(() -> durable == latencies.length, Duration.ofDays(3));
    long[] sorted = latencies.clone();
    Arrays.sort(sorted);
    return new Result(
        millis(sorted[sorted.length / 2]),
        millis(sorted[sorted.length - 1 - sorted.length / 100]),
        requests.itemsPerClaim(),
        requests.itemsPerEffect(),
        (double) requests.total() / latencies.length);
  }

  private static double millis(long nanos) {
    return nanos / 1e6;
  }

  private void arrive() {
    for (int i = 0; i < bunch && offered < latencies.length; i++) {
      offer(offered++);
    }
    if (offered < latencies.length) {
      // Independent arrivals: the time between them is exponentially distributed.
      double seconds = -Math.log(1 - random.nextDouble()) * bunch / rate;
      var unused = timers.schedule(this::arrive, (long) (seconds * 1e9), TimeUnit.NANOSECONDS);
    }
  }

  private void offer(int event) {
    long arrived = time.nanoTime();
    String id = "order-" + event + "-paid";
    Write write =
        Write.event(id)
            .create(
                DATA,
                Map.of("id", AttributeValue.fromS(id), "amount", AttributeValue.fromN("1001")));
    WriteListener listener =
        new WriteListener() {
          @Override
          public void completed(Outcome outcome) {
            latencies[event] = time.nanoTime() - arrived;
            durable++;
          }

          @Override
          public void failed(SluiceException failure) {
            throw failure;
          }
        };
    if (!writer.tryWrite(SourcePosition.of("payments", event % 3, event), write, listener)) {
      throw new IllegalStateException("The buffer is full, though it takes all events.");
    }
  }
}
