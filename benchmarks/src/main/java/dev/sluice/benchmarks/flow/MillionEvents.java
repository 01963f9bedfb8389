package dev.sluice.benchmarks.flow;

import dev.sluice.IdempotentWriter;
import dev.sluice.model.KeySchema;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Table;
import dev.sluice.model.Write;
import dev.sluice.testkit.simulated.throughput.Throughput;
import dev.sluice.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * A million events a second through real writers with a ledger, against tables that would take a
 * quarter more if their keys were spread evenly. Every hundredth event is another record of one
 * that another writer took a tenth of a second before.
 *
 * <p>How many writers it takes is bounded by their requests under way: an event is part of two, a
 * claim's and an effect's, of 25 each.
 */
final class MillionEvents implements Scenario {
  private static final int PARTITIONS = 1_250;
  private static final int READ_UNITS_A_PARTITION = 3_000;
  private static final Duration LATENCY = Duration.ofMillis(5);
  private static final Duration TICK = Duration.ofMillis(1);
  private static final int TICKS_A_SAMPLE = 250;
  private static final int DUPLICATES_ONE_IN = 100;
  private static final int KEYS = 1_000_003;
  private static final Duration DRAIN = Duration.ofSeconds(2);
  private static final int IN_FLIGHT = 128;
  private static final double ENOUGH = 0.98;
  private static final int SPARE = 2;
  private static final int MOST_WRITERS = 64;

  private final int eventsPerSecond;
  private final int seconds;
  private final int lag;

  /**
   * Creates the scenario.
   *
   * @param eventsPerSecond how many events come each second
   * @param seconds for how long
   */
  MillionEvents(int eventsPerSecond, int seconds) {
    this.eventsPerSecond = eventsPerSecond;
    this.seconds = seconds;
    // Not a multiple of an even number of writers, nor the place of another duplicate.
    this.lag = eventsPerSecond / 10 + 3;
  }

  @Override
  public String name() {
    return "million-events";
  }

  /** A record whose event another one has brought before. */
  private boolean isDuplicate(long record) {
    return record % DUPLICATES_ONE_IN == DUPLICATES_ONE_IN - 1 && record >= lag;
  }

  private boolean comesAgain(long record) {
    return isDuplicate(record + lag);
  }

  /** What came of a number of writers. */
  private record Played(
      int writers,
      CompactDynamoDb service,
      List<Source> sources,
      double inTime,
      List<Series> rates,
      List<Series> levels) {

    /** {@return how much was done when the last had come, of all} */
    double share() {
      return inTime / sum(sources, Source::offered);
    }
  }

  /** As many writers again as are just enough, so that each has half of what it can do. */
  @Override
  public Run run(long seed) {
    int least = 1;
    while (least < MOST_WRITERS && play(seed, least, 1).share() < ENOUGH) {
      least++;
    }
    return report(play(seed, SPARE * least, seconds), least);
  }

  private Played play(long seed, int writers, int seconds) {
    VirtualTime time = VirtualTime.seeded(seed);
    CompactDynamoDb service =
        new CompactDynamoDb(time, LATENCY, eventsPerSecond * seconds, this::comesAgain);
    Throughput throughput =
        Throughput.onDemand(PARTITIONS)
            .withPartitionUnits(eventsPerSecond / 1_000.0, READ_UNITS_A_PARTITION)
            .withBurst(Duration.ofSeconds(1));
    service.limit(Rig.TABLE, throughput);
    service.limit(Rig.LEDGER, throughput);
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < writers; i++) {
      int writer = i;
      sources.add(
          new Source(
              "records-" + i, writer(time, service), number -> event(number * writers + writer)));
    }

    Series offered = new Series("offered");
    Series done = new Series("done");
    Series refused = new Series("refused units");
    Series open = new Series("waiting or under way");
    double[] before = new double[3];
    for (int tick = 0; tick < seconds * 1_000; tick++) {
      for (Source source : sources) {
        source.offer(eventsPerSecond / 1e3 / writers);
        source.drain();
      }
      time.advance(TICK);
      if ((tick + 1) % TICKS_A_SAMPLE == 0) {
        sample(offered, before, 0, sum(sources, Source::offered));
        sample(done, before, 1, sum(sources, Source::applied));
        sample(refused, before, 2, refused(service));
        open.add(sum(sources, Source::offered) - sum(sources, Source::applied));
      }
    }
    double inTime = sum(sources, Source::applied);
    time.advance(DRAIN);
    return new Played(
        writers, service, sources, inTime, List.of(offered, done, refused), List.of(open));
  }

  private Run report(Played played, int least) {
    CompactDynamoDb service = played.service();
    double came = sum(played.sources(), Source::offered);
    double units = service.usage(Rig.TABLE).writeUnits() + service.usage(Rig.LEDGER).writeUnits();
    int lost = 0;
    int doubled = 0;
    for (int record = 0; record < (int) came; record++) {
      int expected = isDuplicate(record) ? 0 : 1;
      lost += service.puts(record) < expected ? 1 : 0;
      doubled += service.puts(record) > expected ? 1 : 0;
    }
    return new Run(
        String.format(
            "%,d events a second, 1 %% of them duplicates, by %d writers on %,d partitions",
            eventsPerSecond, played.writers(), PARTITIONS),
        List.of(
            Figure.shown("writers that are just enough, in one second", least),
            Figure.atLeast(
                ENOUGH, "done when the last had come, of what was offered", played.share()),
            Figure.shown("events offered", came),
            Figure.shown("duplicates found", (double) service.duplicates()),
            Figure.atMost(
                0.005,
                "refused, of all write units",
                refused(service) / (units + refused(service))),
            Figure.shown(
                "write units of claims an event", service.usage(Rig.LEDGER).writeUnits() / came),
            Figure.shown(
                "write units of effects an event", service.usage(Rig.TABLE).writeUnits() / came),
            Figure.atMost(0, "events lost", lost),
            Figure.atMost(0, "events put more than once", doubled)),
        TICK.multipliedBy(TICKS_A_SAMPLE),
        "events a second",
        played.rates(),
        played.levels());
  }

  private static double refused(CompactDynamoDb service) {
    return service.usage(Rig.TABLE).throttledWriteUnits()
        + service.usage(Rig.LEDGER).throttledWriteUnits();
  }

  private static double sum(List<Source> sources, ToDoubleFunction<Source> of) {
    return sources.stream().mapToDouble(of).sum();
  }

  /** What a total has grown by since the last sample, a second. */
  private static void sample(Series series, double[] before, int index, double total) {
    series.add((total - before[index]) * 1_000 / TICKS_A_SAMPLE);
    before[index] = total;
  }

  private IdempotentWriter writer(VirtualTime time, CompactDynamoDb service) {
    return IdempotentWriter.builder(service)
        .ledger(LedgerTable.named(Rig.LEDGER).scope("scenario"))
        .table(
            Table.named(Rig.TABLE)
                .keys(
                    KeySchema.of("pk", ScalarAttributeType.S)
                        .sortedBy("sk", ScalarAttributeType.S)))
        .maxInFlightRequests(IN_FLIGHT)
        .withoutTableCheck()
        .clock(time.clock())
        .random(time.random())
        .scheduler(time.scheduler())
        .requestExecutor(time.serialExecutor())
        .callbackExecutor(time.serialExecutor())
        .build();
  }

  private Write event(long record) {
    long first = isDuplicate(record) ? record - lag : record;
    String id = "e" + first;
    return Write.event(id)
        .put(
            Rig.TABLE,
            Map.of(
                "pk", AttributeValue.fromS("device-" + first * 31 % KEYS),
                "sk", AttributeValue.fromS(id)));
  }
}
