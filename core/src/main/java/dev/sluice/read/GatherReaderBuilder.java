package dev.sluice.read;

import static java.util.Objects.requireNonNull;

import dev.sluice.metrics.ReadMetrics;
import dev.sluice.model.KeySchema;
import dev.sluice.pacing.Backoff;
import dev.sluice.pacing.MonotonicClock;
import dev.sluice.request.ShardQuery;
import dev.sluice.shard.KeySharder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** Builds a {@link GatherReader}. All settings have defaults. Not safe for several threads. */
public final class GatherReaderBuilder {
  private static final Duration MAX_TIMEOUT = Duration.ofHours(1);
  private static final int MAX_IN_FLIGHT = 1_000;

  private final DynamoDbAsyncClient client;
  private final String table;
  private final KeySchema keys;
  private final KeySharder sharder;
  private int maxInFlightRequests = 16;
  private Duration requestTimeout = Duration.ofSeconds(5);
  private Duration readTimeout = Duration.ofSeconds(30);
  private Backoff backoff = new Backoff(Duration.ofMillis(25), Duration.ofSeconds(5));
  private @Nullable InstantSource clock;
  private RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
  private @Nullable ScheduledExecutorService scheduler;
  private double maxReadUnits = Double.POSITIVE_INFINITY;
  private ReadMetrics metrics = new ReadMetrics() {};

  GatherReaderBuilder(
      DynamoDbAsyncClient client, String table, KeySchema keys, KeySharder sharder) {
    this.client = requireNonNull(client, "client");
    this.table = requireNonNull(table, "table");
    this.keys = requireNonNull(keys, "keys");
    this.sharder = requireNonNull(sharder, "sharder");
    if (table.isEmpty()) {
      throw new IllegalArgumentException("A table's name must not be empty.");
    }
    if (!sharder.isNone() && keys.types().get(keys.partitionKey()) == ScalarAttributeType.N) {
      throw new IllegalArgumentException(
          "The table '"
              + table
              + "' has the number partition key '"
              + keys.partitionKey()
              + "'; only tables with string and binary keys can be sharded.");
    }
  }

  /**
   * Sets how many shards of one reading are asked at a time.
   *
   * @param requests 1 to 1,000; 16 by default
   * @return this builder
   */
  public GatherReaderBuilder maxInFlightRequests(int requests) {
    maxInFlightRequests = requests;
    return this;
  }

  /**
   * Sets after which time a request is given up, and sent again.
   *
   * @param duration above zero, up to an hour; 5 s by default
   * @return this builder
   */
  public GatherReaderBuilder requestTimeout(Duration duration) {
    requestTimeout = requireNonNull(duration, "duration");
    return this;
  }

  /**
   * Sets within which time a page is read or fails. Throttled shards are asked again until then.
   *
   * @param duration above zero, up to an hour; 30 s by default
   * @return this builder
   */
  public GatherReaderBuilder readTimeout(Duration duration) {
    readTimeout = requireNonNull(duration, "duration");
    return this;
  }

  /**
   * Sets how long to wait after a failed request: a time drawn evenly from zero to a bound, which
   * begins at the base and doubles with each failure in a row.
   *
   * @param base above zero; 25 ms by default
   * @param max at least the base; 5 s by default
   * @return this builder
   * @throws IllegalArgumentException if one is out of range
   */
  public GatherReaderBuilder backoff(Duration base, Duration max) {
    backoff = new Backoff(base, max);
    return this;
  }

  /**
   * Sets the time that timeouts and backoffs go by, for tests in virtual time: it must be that of
   * the {@link #scheduler}. Without a scheduler the reader goes by real time, and not by this
   * clock. A clock that is set back holds nothing up.
   *
   * @param source the time; by default real time, whatever the system's clock is set to
   * @return this builder
   */
  public GatherReaderBuilder clock(InstantSource source) {
    clock = requireNonNull(source, "source");
    return this;
  }

  /**
   * Sets where backoffs are drawn from.
   *
   * @param generator safe for use by several threads
   * @return this builder
   */
  public GatherReaderBuilder random(RandomGenerator generator) {
    random = requireNonNull(generator, "generator");
    return this;
  }

  /**
   * Sets the timer.
   *
   * @param executor runs short tasks; by default a daemon thread that all readers share. Whoever
   *     made it shuts it down
   * @return this builder
   */
  public GatherReaderBuilder scheduler(ScheduledExecutorService executor) {
    scheduler = requireNonNull(executor, "executor");
    return this;
  }

  /**
   * Sets how many read units a second the reader may take, of all its readings together. Queries
   * wait for it, and a page fails that does not get through within readTimeout. No more is taken
   * over any stretch of time than the rate and the queries under way.
   *
   * @param unitsPerSecond above zero; no limit by default
   * @return this builder
   */
  public GatherReaderBuilder maxReadUnits(double unitsPerSecond) {
    maxReadUnits = unitsPerSecond;
    return this;
  }

  /**
   * Sets who is told what the reader does.
   *
   * @param listener the metrics; none by default
   * @return this builder
   */
  public GatherReaderBuilder metrics(ReadMetrics listener) {
    metrics = ReadMetrics.guarded(requireNonNull(listener, "listener"));
    return this;
  }

  /**
   * Builds the reader.
   *
   * @return the reader
   * @throws IllegalArgumentException if a setting is out of range
   */
  public GatherReader build() {
    if (maxInFlightRequests < 1 || maxInFlightRequests > MAX_IN_FLIGHT) {
      throw new IllegalArgumentException(
          "maxInFlightRequests is "
              + maxInFlightRequests
              + "; allowed are 1 to "
              + MAX_IN_FLIGHT
              + '.');
    }
    if (!(maxReadUnits > 0)) {
      throw new IllegalArgumentException(
          "maxReadUnits is " + maxReadUnits + "; allowed are read units a second above zero.");
    }
    requireTimeout("requestTimeout", requestTimeout);
    requireTimeout("readTimeout", readTimeout);
    InstantSource time =
        clock == null || scheduler == null ? new MonotonicClock() : MonotonicClock.following(clock);
    return new GatherReader(
        new ShardQuery(client, requestTimeout, table, keys),
        keys,
        sharder,
        new ReadSettings(
            maxInFlightRequests,
            requestTimeout,
            readTimeout,
            backoff,
            time,
            random,
            scheduler == null ? SharedTimer.get() : scheduler,
            new ReadUse(maxReadUnits, metrics, time)));
  }

  private static void requireTimeout(String name, Duration value) {
    if (value.isZero() || value.isNegative() || value.compareTo(MAX_TIMEOUT) > 0) {
      throw new IllegalArgumentException(
          name + " is " + value + "; allowed is more than zero, up to " + MAX_TIMEOUT + '.');
    }
  }
}
