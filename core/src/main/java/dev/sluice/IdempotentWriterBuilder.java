package dev.sluice;

import static java.util.Objects.requireNonNull;

import dev.sluice.batch.BatchTriggers;
import dev.sluice.flow.Backoff;
import dev.sluice.flow.MonotonicClock;
import dev.sluice.metrics.WriterMetrics;
import dev.sluice.model.ConfigurationException;
import dev.sluice.model.Duplicates;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.SystemException;
import dev.sluice.model.Table;
import dev.sluice.request.ClaimDelete;
import dev.sluice.request.ClaimPut;
import dev.sluice.request.ClientSetup;
import dev.sluice.request.RequestSettings;
import dev.sluice.request.ServiceTime;
import dev.sluice.request.TableDescription;
import dev.sluice.shard.KeySharder;
import dev.sluice.write.Buffer;
import dev.sluice.write.Preparation;
import dev.sluice.write.TableRoute;
import dev.sluice.write.WriterLoop;
import dev.sluice.write.WriterRuntime;
import dev.sluice.write.WriterSettings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/**
 * Builds an {@link IdempotentWriter}. A ledger and at least one table must be given; all else has a
 * default. Settings are checked whole in {@link #build()}, and nothing is silently corrected. Not
 * safe for use by several threads.
 */
public final class IdempotentWriterBuilder {
  /** The most items that DynamoDB takes in one batch ({@code BatchWriteItem}, API reference). */
  public static final int MAX_BATCH_ITEMS = 25;

  /** The most bytes that DynamoDB takes in one batch ({@code BatchWriteItem}, API reference). */
  public static final long MAX_BATCH_BYTES = 16L * 1024 * 1024;

  private static final long MIN_BUFFERED_BYTES = 4L * 1024 * 1024;

  /** So that the loop's nanoseconds since the epoch never overflow. */
  private static final Duration LONGEST = Duration.ofDays(365);

  private final DynamoDbAsyncClient client;
  private final DeclaredTables tables = new DeclaredTables();
  private @Nullable LedgerTable ledger;
  private Duration linger = Duration.ofMillis(10);
  private int maxBatchItems = MAX_BATCH_ITEMS;
  private long maxBatchBytes = 1024L * 1024;
  private int maxBufferedItems = 10_000;
  private long maxBufferedBytes = 64L * 1024 * 1024;
  private int maxInFlightRequests = 40;
  private Duration requestTimeout = Duration.ofSeconds(5);
  private Duration deliveryTimeout = Duration.ofMinutes(2);
  private Duration maxBlock = Duration.ofMinutes(1);
  private Duration startTimeout = Duration.ofSeconds(15);
  private Duration backoffBase = Duration.ofMillis(25);
  private Duration backoffMax = Duration.ofSeconds(5);
  private Duplicates duplicates = Duplicates.DROP;
  private boolean checkTables = true;
  private WriterMetrics metrics = WriterMetrics.disabled();
  private InstantSource clock = new MonotonicClock();
  private RandomGenerator random = new SplittableRandom();
  private @Nullable ScheduledExecutorService scheduler;
  private @Nullable Executor requestExecutor;
  private @Nullable Executor callbackExecutor;

  IdempotentWriterBuilder(DynamoDbAsyncClient client) {
    this.client = requireNonNull(client, "client");
  }

  /**
   * Sets the ledger, which every writer needs.
   *
   * @param ledgerTable the ledger table with its scope
   * @return this builder
   */
  public IdempotentWriterBuilder ledger(LedgerTable ledgerTable) {
    this.ledger = requireNonNull(ledgerTable, "ledgerTable");
    return this;
  }

  /**
   * Declares a table that writes may touch.
   *
   * @param table the table
   * @return this builder
   */
  public IdempotentWriterBuilder table(Table table) {
    return table(table, KeySharder.none());
  }

  /**
   * Declares a table whose partition keys are sharded: effects name logical keys, and the writer
   * puts the suffix on.
   *
   * @param table the table; its partition key must be a string or binary unless the sharder is none
   * @param sharder how its partition keys are spread
   * @return this builder
   * @throws IllegalArgumentException if the table was declared already
   */
  public IdempotentWriterBuilder table(Table table, KeySharder sharder) {
    tables.add(requireNonNull(table, "table"), requireNonNull(sharder, "sharder"));
    return this;
  }

  /**
   * Sets how long the first effect of a batch waits for others. An idle writer does not wait.
   *
   * @param duration zero to a minute; 10 ms by default. Longer makes fuller batches at low rates,
   *     and every write that much slower
   * @return this builder
   */
  public IdempotentWriterBuilder linger(Duration duration) {
    this.linger = requireNonNull(duration, "duration");
    return this;
  }

  /**
   * Sets how many effects go out together at most.
   *
   * @param items 1 to {@value #MAX_BATCH_ITEMS}; {@value #MAX_BATCH_ITEMS} by default
   * @return this builder
   */
  public IdempotentWriterBuilder maxBatchItems(int items) {
    this.maxBatchItems = items;
    return this;
  }

  /**
   * Sets how many bytes go out together at most; a larger item goes alone.
   *
   * @param bytes 1 to {@value #MAX_BATCH_BYTES}; 1 MiB by default
   * @return this builder
   */
  public IdempotentWriterBuilder maxBatchBytes(long bytes) {
    this.maxBatchBytes = bytes;
    return this;
  }

  /**
   * Sets how many writes may be under way; more wait or are refused.
   *
   * @param items 1 or more; 10,000 by default
   * @return this builder
   */
  public IdempotentWriterBuilder maxBufferedItems(int items) {
    this.maxBufferedItems = items;
    return this;
  }

  /**
   * Sets how many bytes the writes under way may have together.
   *
   * @param bytes 4 MiB or more; 64 MiB by default
   * @return this builder
   */
  public IdempotentWriterBuilder maxBufferedBytes(long bytes) {
    this.maxBufferedBytes = bytes;
    return this;
  }

  /**
   * Sets how many requests may be under way. The client should have at least as many connections
   * (Netty's default is 50), or requests fail while waiting for one.
   *
   * @param requests 1 or more; 40 by default. Throughput is at most this over the latency
   * @return this builder
   */
  public IdempotentWriterBuilder maxInFlightRequests(int requests) {
    this.maxInFlightRequests = requests;
    return this;
  }

  /**
   * Sets how long one request may take, the client's own attempts included; what has not answered
   * by then counts as unknown and is tried again.
   *
   * @param duration above zero, up to a year; 5 s by default
   * @return this builder
   */
  public IdempotentWriterBuilder requestTimeout(Duration duration) {
    this.requestTimeout = requireNonNull(duration, "duration");
    return this;
  }

  /**
   * Sets how long a write is tried for before it fails with {@link
   * dev.sluice.model.UnknownOutcomeException}. A request that is under way by then is waited for.
   *
   * @param duration at least linger plus requestTimeout, up to a year; 2 min by default
   * @return this builder
   */
  public IdempotentWriterBuilder deliveryTimeout(Duration duration) {
    this.deliveryTimeout = requireNonNull(duration, "duration");
    return this;
  }

  /**
   * Sets how long {@link IdempotentWriter#write} waits while the buffer is full.
   *
   * @param duration zero to a year; 1 min by default
   * @return this builder
   */
  public IdempotentWriterBuilder maxBlock(Duration duration) {
    this.maxBlock = requireNonNull(duration, "duration");
    return this;
  }

  /**
   * Sets the backoff between attempts: full jitter, under a bound that doubles from the base to the
   * maximum.
   *
   * @param base above zero; 25 ms by default
   * @param max at least the base, up to a year; 5 s by default
   * @return this builder
   */
  public IdempotentWriterBuilder backoff(Duration base, Duration max) {
    this.backoffBase = requireNonNull(base, "base");
    this.backoffMax = requireNonNull(max, "max");
    return this;
  }

  /**
   * Sets what to do with a record whose event another record has claimed.
   *
   * @param what {@link Duplicates#DROP} by default; {@link Duplicates#REAPPLY} for compacted topics
   * @return this builder
   */
  public IdempotentWriterBuilder duplicates(Duplicates what) {
    this.duplicates = requireNonNull(what, "what");
    return this;
  }

  /**
   * Sets how long {@link #build()} waits for each answer while it looks at the tables.
   *
   * @param duration above zero, up to a year; 15 s by default
   * @return this builder
   */
  public IdempotentWriterBuilder startTimeout(Duration duration) {
    this.startTimeout = requireNonNull(duration, "duration");
    return this;
  }

  /**
   * Builds without asking the service anything: every table's keys must then be given, and the
   * ledger is not looked at. For accounts without {@code dynamodb:DescribeTable}, and for tests.
   *
   * @return this builder
   */
  public IdempotentWriterBuilder withoutTableCheck() {
    this.checkTables = false;
    return this;
  }

  /**
   * Sets who is told what the writer does.
   *
   * @param listener the metrics; none by default. With some the service is asked what requests
   *     consume
   * @return this builder
   */
  public IdempotentWriterBuilder metrics(WriterMetrics listener) {
    this.metrics = WriterMetrics.guarded(requireNonNull(listener, "listener"));
    return this;
  }

  /**
   * Sets the time that deadlines, lingers and expiry go by; by default one that never runs
   * backwards.
   *
   * @param source the time
   * @return this builder
   */
  public IdempotentWriterBuilder clock(InstantSource source) {
    this.clock = requireNonNull(source, "source");
    return this;
  }

  /**
   * Sets where shards and backoffs are drawn from. It is used by one thread at a time.
   *
   * @param generator the generator; a {@link SplittableRandom} by default
   * @return this builder
   */
  public IdempotentWriterBuilder random(RandomGenerator generator) {
    this.random = requireNonNull(generator, "generator");
    return this;
  }

  /**
   * Sets what runs the writer's loop and wakes it; it must go by the same time as the clock. By
   * default a thread of the writer's own. One that is given is not shut down.
   *
   * @param executor the scheduler
   * @return this builder
   */
  public IdempotentWriterBuilder scheduler(ScheduledExecutorService executor) {
    this.scheduler = requireNonNull(executor, "executor");
    return this;
  }

  /**
   * Sets where requests are built and sent. By default up to four threads of the writer's own. One
   * that is given is not shut down.
   *
   * @param executor the executor
   * @return this builder
   */
  public IdempotentWriterBuilder requestExecutor(Executor executor) {
    this.requestExecutor = requireNonNull(executor, "executor");
    return this;
  }

  /**
   * Sets where outcomes are delivered. By default a thread of the writer's own, so that a slow
   * listener delays only other listeners. One that is given is not shut down.
   *
   * @param executor the executor
   * @return this builder
   */
  public IdempotentWriterBuilder callbackExecutor(Executor executor) {
    this.callbackExecutor = requireNonNull(executor, "executor");
    return this;
  }

  /**
   * Checks the settings and the tables and builds the writer. Blocks while it asks the service for
   * the tables' keys.
   *
   * @return the writer, running
   * @throws IllegalArgumentException if a setting is out of range
   * @throws ConfigurationException if a table is missing, or its keys do not fit
   * @throws SystemException if a table could not be described
   */
  public IdempotentWriter build() {
    WriterSettings settings = checkedSettings();
    LedgerTable checkedLedger = checkedLedger();
    ServiceTime time = new ServiceTime(clock);
    TableDescription description =
        checkTables ? new TableDescription(client, startTimeout, time) : null;
    if (description != null) {
      description.checkLedger(checkedLedger);
    }
    ClientSetup.check(client, requestTimeout);
    RequestSettings requests =
        new RequestSettings(
            client,
            AwsRequestOverrideConfiguration.builder().apiCallTimeout(requestTimeout).build(),
            metrics);
    Map<String, TableRoute> routes = tables.routes(requests, description);
    OwnedExecutors owned = new OwnedExecutors();
    Executor callbacks = callbackExecutor == null ? owned.callbacks() : callbackExecutor;
    WriterRuntime runtime =
        new WriterRuntime(
            clock,
            scheduler == null ? owned.scheduler() : scheduler,
            requestExecutor == null ? owned.requests() : requestExecutor,
            callbacks,
            metrics,
            random);
    Buffer buffer = new Buffer(maxBufferedItems, maxBufferedBytes, callbacks);
    WriterLoop loop =
        new WriterLoop(
            settings,
            runtime,
            checkedLedger,
            routes.values(),
            new ClaimPut(requests, checkedLedger, time),
            new ClaimDelete(requests, checkedLedger),
            buffer);
    Preparation preparation = new Preparation(checkedLedger.scope(), routes, maxBufferedBytes);
    return new LoopWriter(preparation, buffer, loop, maxBlock, owned, metrics);
  }

  private WriterSettings checkedSettings() {
    require(
        maxBatchItems >= 1 && maxBatchItems <= MAX_BATCH_ITEMS,
        "maxBatchItems",
        maxBatchItems,
        "1 to " + MAX_BATCH_ITEMS);
    require(
        maxBatchBytes >= 1 && maxBatchBytes <= MAX_BATCH_BYTES,
        "maxBatchBytes",
        maxBatchBytes,
        "1 to " + MAX_BATCH_BYTES);
    require(
        !linger.isNegative() && linger.compareTo(Duration.ofMinutes(1)) <= 0,
        "linger",
        linger,
        "zero to a minute");
    require(maxBufferedItems >= 1, "maxBufferedItems", maxBufferedItems, "1 or more");
    require(
        maxBufferedBytes >= MIN_BUFFERED_BYTES,
        "maxBufferedBytes",
        maxBufferedBytes,
        MIN_BUFFERED_BYTES + " or more, so that the largest item fits");
    require(maxInFlightRequests >= 1, "maxInFlightRequests", maxInFlightRequests, "1 or more");
    requirePositive("requestTimeout", requestTimeout);
    requirePositive("startTimeout", startTimeout);
    require(
        !maxBlock.isNegative() && maxBlock.compareTo(LONGEST) <= 0,
        "maxBlock",
        maxBlock,
        "zero to a year");
    requirePositive("backoff's base", backoffBase);
    require(
        backoffMax.compareTo(backoffBase) >= 0 && backoffMax.compareTo(LONGEST) <= 0,
        "backoff's max",
        backoffMax,
        "its base, " + backoffBase + ", to a year");
    BatchTriggers triggers = new BatchTriggers(maxBatchItems, maxBatchBytes, linger);
    require(
        deliveryTimeout.compareTo(linger.plus(requestTimeout)) >= 0
            && deliveryTimeout.compareTo(LONGEST) <= 0,
        "deliveryTimeout",
        deliveryTimeout,
        "at least linger plus requestTimeout, " + linger.plus(requestTimeout) + ", to a year");
    return new WriterSettings(
        triggers,
        maxInFlightRequests,
        requestTimeout,
        deliveryTimeout,
        new Backoff(backoffBase, backoffMax),
        duplicates);
  }

  private static void requirePositive(String name, Duration duration) {
    boolean positive = !duration.isZero() && !duration.isNegative();
    require(
        positive && duration.compareTo(LONGEST) <= 0, name, duration, "above zero, up to a year");
  }

  private static void require(boolean holds, String name, Object value, String allowed) {
    if (!holds) {
      throw new IllegalArgumentException(name + " is " + value + "; allowed is " + allowed + '.');
    }
  }

  private LedgerTable checkedLedger() {
    LedgerTable checked = ledger;
    if (checked == null) {
      throw new IllegalArgumentException(
          "ledger is not set; name the table that keeps the claims:"
              + " .ledger(LedgerTable.named(\"event-ledger\").scope(\"billing\")).");
    }
    String scope = checked.scope();
    require(!scope.isEmpty(), "scope", scope, "1 character or more");
    require(
        !tables.contains(checked.name()),
        "ledger",
        checked.name(),
        "a table that is not declared as a data table too");
    require(
        !tables.isEmpty(), "table", "not set", "at least one data table: .table(Table.named(…))");
    return checked;
  }
}
