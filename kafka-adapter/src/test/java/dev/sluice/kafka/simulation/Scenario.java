package dev.sluice.kafka.simulation;

import dev.sluice.kafka.record.ConsumerOptions;
import dev.sluice.model.Duplicates;
import dev.sluice.model.Mode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What one run is made of, drawn from its seed.
 *
 * @param kind what the run is drawn towards
 * @param mode the writers' mode
 * @param duplicates what is done with duplicates
 * @param protocol how partitions change hands
 * @param fixedMembers whether members have instance ids (static membership)
 * @param latest whether reading begins at the end where nothing is committed
 * @param processes how many there are at first
 * @param log the records
 * @param reused the events whose ids come with two contents
 * @param stuck the events whose writes do not get through while the faults last
 * @param options the loops' options
 * @param maxPollRecords how many records a poll brings at most
 * @param maxPollInterval after which a member that does not poll is thrown out
 * @param sessionTimeout after which a member that is not heard of is thrown out
 * @param maxBufferedItems how much a writer takes in
 * @param deliveryTimeout how long a writer tries
 * @param requestTrouble how often a request to the tables goes wrong
 * @param commitTrouble how often a commit goes wrong
 * @param lateCompletions whether listeners are told late of some writes' ends
 * @param disasters how many things go wrong around
 * @param slowMapper whether mapping takes its time
 * @param millis how long records are published for
 */
record Scenario(
    Kind kind,
    Mode mode,
    Duplicates duplicates,
    SimulatedGroup.Protocol protocol,
    boolean fixedMembers,
    boolean latest,
    int processes,
    SimulatedLog log,
    Set<Event> reused,
    Set<Event> stuck,
    ConsumerOptions options,
    int maxPollRecords,
    Duration maxPollInterval,
    Duration sessionTimeout,
    int maxBufferedItems,
    Duration deliveryTimeout,
    double requestTrouble,
    double commitTrouble,
    boolean lateCompletions,
    int disasters,
    boolean slowMapper,
    int millis) {

  /** What a run is drawn towards. */
  enum Kind {
    /** Anything. */
    MIXED,
    /** Records vanish from the log. */
    VANISHING,
    /** Nothing arrives late: each item has to be as its last record says. */
    ORDER,
    /** Some writes do not get through, and nothing else goes wrong. */
    STUCK,
    /** The log goes back. */
    GOING_BACK
  }

  // The default is run as often as the others together.
  private static final List<Mode> MODES =
      List.of(Mode.LEDGER, Mode.LEDGER, Mode.LEDGER, Mode.LEDGER, Mode.KEYED, Mode.TRANSACTIONAL);

  private static final List<SimulatedGroup.Protocol> PROTOCOLS =
      List.of(SimulatedGroup.Protocol.values());

  static Scenario draw(RandomGenerator random) {
    int draw = random.nextInt(13);
    Kind kind =
        switch (draw) {
          case 0 -> Kind.STUCK;
          case 1, 2 -> Kind.VANISHING;
          case 3, 4 -> Kind.ORDER;
          case 5 -> Kind.GOING_BACK;
          default -> Kind.MIXED;
        };
    Mode mode = MODES.get(random.nextInt(MODES.size()));
    if (kind == Kind.STUCK || (kind == Kind.ORDER && mode == Mode.TRANSACTIONAL)) {
      mode = Mode.LEDGER;
    }
    boolean slowMapper = kind == Kind.MIXED && random.nextInt(20) == 0;
    int millis = 4_000 + random.nextInt(10_000);
    SimulatedLog log = new SimulatedLog(1 + random.nextInt(5));
    Records records = new Records(random, kind, mode, slowMapper, log, millis);
    records.publish();
    ConsumerOptions options = options(random, kind);
    long waits =
        options
            .drainTimeout()
            .plus(options.commitTimeout().multipliedBy(2))
            .plus(options.pollTimeout())
            .toMillis();
    return new Scenario(
        kind,
        mode,
        mode != Mode.TRANSACTIONAL && random.nextInt(kind == Kind.VANISHING ? 2 : 5) == 0
            ? Duplicates.REAPPLY
            : Duplicates.DROP,
        PROTOCOLS.get(random.nextInt(PROTOCOLS.size())),
        random.nextInt(4) == 0,
        kind == Kind.MIXED && random.nextInt(8) == 0,
        kind == Kind.ORDER ? 1 : 1 + random.nextInt(3),
        log,
        records.reused(),
        records.stuck(),
        options,
        1 + random.nextInt(20),
        Duration.ofMillis(2 * waits + random.nextInt(5_000)),
        Duration.ofMillis(3_000 + random.nextInt(7_000)),
        1 + random.nextInt(random.nextInt(4) == 0 ? 300 : 20),
        Duration.ofMillis(4_000 + random.nextInt(26_000)),
        requestTrouble(random, kind),
        kind == Kind.STUCK || random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.5,
        kind != Kind.STUCK && random.nextInt(3) == 0,
        kind == Kind.STUCK ? 0 : random.nextInt(7),
        slowMapper,
        millis);
  }

  private static double requestTrouble(RandomGenerator random, Kind kind) {
    if (kind == Kind.ORDER) {
      return 0.2 + random.nextDouble() * 0.7;
    }
    return kind == Kind.STUCK || random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.4;
  }

  private static ConsumerOptions options(RandomGenerator random, Kind kind) {
    int maxOpen = random.nextBoolean() ? 1 + random.nextInt(10) : 100;
    return ConsumerOptions.builder()
        .maxOpenRecords(maxOpen)
        .maxOpenBytes(
            kind != Kind.STUCK && random.nextInt(3) == 0
                ? 1 + random.nextInt(random.nextBoolean() ? 20 : 200)
                : 1 << 20)
        .maxOffsetSpan(kind == Kind.STUCK ? 1_000 : maxOpen + random.nextInt(100))
        .commitInterval(Duration.ofMillis(20 + random.nextInt(1_500)))
        .commitTimeout(Duration.ofMillis(200 + random.nextInt(1_000)))
        .drainTimeout(Duration.ofMillis(100 + random.nextInt(3_000)))
        .pollTimeout(Duration.ofMillis(50 + random.nextInt(500)))
        .retryBackoff(
            Duration.ofMillis(1 + random.nextInt(random.nextBoolean() ? 20 : 200)),
            Duration.ofMillis(300 + random.nextInt(3_000)))
        .build();
  }

  Duration closeTimeout() {
    return options.drainTimeout().plus(options.commitTimeout()).plusSeconds(2);
  }

  /** {@return the records that are stuck, and those behind them with their keys} */
  Set<Entry> stuckEntries() {
    Set<Entry> entries = new HashSet<>();
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      Set<ByteBuffer> keys = new HashSet<>();
      for (Entry entry : log.entries(partition)) {
        byte[] key = entry.record == null ? null : entry.record.key();
        if (entry.events.stream().anyMatch(stuck::contains)) {
          entries.add(entry);
          if (key != null) {
            keys.add(ByteBuffer.wrap(key));
          }
        } else if (key != null && keys.contains(ByteBuffer.wrap(key))) {
          entries.add(entry);
        }
      }
    }
    return entries;
  }

  @Override
  public String toString() {
    return "%s %s %s %s, %d processes%s%s, %d partitions, %d disasters, %s"
        .formatted(
            kind,
            mode,
            duplicates,
            protocol,
            processes,
            fixedMembers ? " (static)" : "",
            latest ? ", latest" : "",
            log.partitionCount(),
            disasters,
            options);
  }
}
