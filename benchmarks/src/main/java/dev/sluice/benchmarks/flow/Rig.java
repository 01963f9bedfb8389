package dev.sluice.benchmarks.flow;

import dev.sluice.IdempotentWriter;
import dev.sluice.flow.WriteBudget;
import dev.sluice.model.KeySchema;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Mode;
import dev.sluice.model.Table;
import dev.sluice.shard.KeySharder;
import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.simulated.client.Latency;
import dev.sluice.testkit.simulated.client.Mishaps;
import dev.sluice.testkit.simulated.client.SimulatedDynamoDbClient;
import dev.sluice.testkit.simulated.engine.SimulatedDynamoDb;
import dev.sluice.testkit.simulated.throughput.Throughput;
import dev.sluice.testkit.simulated.throughput.Usage;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * A writer on a simulated DynamoDB in virtual time, with what is offered to it and sampled of it.
 */
final class Rig {
  static final String TABLE = "data";
  static final String LEDGER = "ledger";
  private static final Duration TICK = Duration.ofMillis(10);
  private static final Duration LATENCY = Duration.ofMillis(5);

  private record Sampler(Series series, DoubleSupplier value) {}

  final VirtualTime time;
  final SimulatedDynamoDb service = SimulatedDynamoDb.create();
  final SentUnits client;
  final IdempotentWriter writer;
  private final List<Source> sources = new ArrayList<>();
  private final List<Sampler> samplers = new ArrayList<>();
  private double capacity = Double.POSITIVE_INFINITY;

  private Rig(long seed, Mode mode, KeySharder sharder, WriteBudget given) {
    time = VirtualTime.seeded(seed);
    service.createTable(TABLE, KeyAttribute.string("pk"), KeyAttribute.string("sk"));
    service.createTable(LEDGER, KeyAttribute.string(LedgerTable.PARTITION_KEY));
    var simulated =
        new SimulatedDynamoDbClient(service, time.scheduler(), time.clock(), time.random());
    simulated.mishaps(Mishaps.none().latency(Latency.fixed(LATENCY)));
    client = new SentUnits(simulated, time.clock());
    var builder =
        IdempotentWriter.builder(mode == Mode.KEYED ? client : simulated)
            .mode(mode)
            .table(
                Table.named(TABLE)
                    .keys(
                        KeySchema.of("pk", ScalarAttributeType.S)
                            .sortedBy("sk", ScalarAttributeType.S)),
                sharder)
            .withoutTableCheck()
            .clock(time.clock())
            .random(time.random())
            .scheduler(time.scheduler())
            .requestExecutor(time.serialExecutor())
            .callbackExecutor(time.serialExecutor());
    if (mode != Mode.KEYED) {
      builder.ledger(LedgerTable.named(LEDGER).scope("scenario"));
    }
    writer = builder.writeBudget(TABLE, given.withClock(time.clock())).build();
  }

  /** A writer without a ledger: its puts are all that it sends. */
  static Rig keyed(long seed, WriteBudget given) {
    return new Rig(seed, Mode.KEYED, KeySharder.none(), given);
  }

  /** A writer with a ledger, on a sharded table. */
  static Rig ledger(long seed, KeySharder sharder, WriteBudget given) {
    return new Rig(seed, Mode.LEDGER, sharder, given);
  }

  /** The table takes so much from now on. */
  void limit(Throughput throughput) {
    capacity = throughput.tableWriteUnits();
    service.limit(TABLE, throughput, time.now());
  }

  Source source(Source source) {
    sources.add(source);
    return source;
  }

  /** Batches written by hand, of puts to the same table. */
  PlainBatches byHand() {
    return new PlainBatches(client, time.scheduler(), time.random());
  }

  /** A value to be sampled each second. */
  Series sample(String name, DoubleSupplier value) {
    Series series = new Series(name);
    samplers.add(new Sampler(series, value));
    return series;
  }

  /** What grows, as its growth a second. */
  Series sampleGrowth(String name, DoubleSupplier total) {
    double[] before = {total.getAsDouble()};
    return sample(
        name,
        () -> {
          double now = total.getAsDouble();
          double growth = now - before[0];
          before[0] = now;
          return growth;
        });
  }

  /** {@return write units a second that the table takes now} */
  double capacity() {
    return capacity;
  }

  Usage usage() {
    return service.usage(TABLE);
  }

  /**
   * Lets seconds pass, in which events come.
   *
   * @param seconds how many
   * @param offering called each tick with its length in seconds
   */
  void run(int seconds, Offering offering) {
    long ticks = Duration.ofSeconds(1).dividedBy(TICK);
    for (int second = 0; second < seconds; second++) {
      for (long tick = 0; tick < ticks; tick++) {
        offering.offer(TICK.toNanos() / 1e9);
        sources.forEach(Source::drain);
        time.advance(TICK);
      }
      samplers.forEach(sampler -> sampler.series.add(sampler.value.getAsDouble()));
    }
  }

  /** What comes in a tick. */
  interface Offering {
    void offer(double seconds);
  }
}
