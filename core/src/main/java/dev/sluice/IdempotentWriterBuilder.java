package dev.sluice;

import static java.util.Objects.requireNonNull;

import dev.sluice.flow.WriteBudget;
import dev.sluice.metrics.WriterMetrics;
import dev.sluice.model.ConfigurationException;
import dev.sluice.model.Duplicates;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Mode;
import dev.sluice.model.Table;
import dev.sluice.shard.KeySharder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/**
 * Builds an {@link IdempotentWriter}. A ledger and at least one table must be given; all else has a
 * default. Settings are checked whole in {@link #build()}, and nothing is silently corrected. Every
 * setter returns this builder; executors that are given are not shut down. Not safe for use by
 * several threads.
 */
public final class IdempotentWriterBuilder {
  /** The most items that DynamoDB takes in one batch ({@code BatchWriteItem}, API reference). */
  public static final int MAX_BATCH_ITEMS = WriterOptions.MAX_BATCH_ITEMS;

  /** The most bytes that DynamoDB takes in one batch ({@code BatchWriteItem}, API reference). */
  public static final long MAX_BATCH_BYTES = WriterOptions.MAX_BATCH_BYTES;

  /** The most entries that a writer remembers, so that they stay within some 400 MB. */
  public static final int MAX_CLAIM_MEMORY = WriterOptions.MAX_CLAIM_MEMORY;

  private final WriterOptions options;

  IdempotentWriterBuilder(DynamoDbAsyncClient client) {
    this.options = new WriterOptions(requireNonNull(client, "client"));
  }

  /** Sets how each event takes effect once: {@link Mode#LEDGER} by default. */
  public IdempotentWriterBuilder mode(Mode how) {
    options.mode = requireNonNull(how, "how");
    return this;
  }

  /**
   * Sets how many events may share a transaction under {@link Mode#TRANSACTIONAL}: 1 to 100, 1 by
   * default; under other modes only 1. More are fewer requests, at the same write units; but all go
   * again when one of them is a duplicate, or meets another transaction on an item.
   */
  public IdempotentWriterBuilder maxTransactionEvents(int events) {
    options.maxTransactionEvents = events;
    return this;
  }

  /** Sets the ledger: every writer needs one, but under {@link Mode#KEYED}, which takes none. */
  public IdempotentWriterBuilder ledger(LedgerTable ledgerTable) {
    options.ledger = requireNonNull(ledgerTable, "ledgerTable");
    return this;
  }

  /** Declares a table that writes may touch. */
  public IdempotentWriterBuilder table(Table table) {
    return table(table, KeySharder.none());
  }

  /**
   * Declares a table whose partition keys are sharded: effects name logical keys, and the writer
   * puts the suffix on. The keys must be strings or binary, unless the sharder is none.
   *
   * @throws IllegalArgumentException if the table was declared already
   */
  public IdempotentWriterBuilder table(Table table, KeySharder sharder) {
    options.tables.add(requireNonNull(table, "table"), requireNonNull(sharder, "sharder"));
    return this;
  }

  /**
   * Sets how long a write waits for others to share its requests with, half of it for its claim and
   * half for its effects: zero to a minute, 10 ms by default. Longer makes fuller batches at low
   * rates, and every write that much slower. An idle writer does not wait.
   */
  public IdempotentWriterBuilder linger(Duration duration) {
    options.linger = requireNonNull(duration, "duration");
    return this;
  }

  /** Sets how many effects may go out together: 1 to {@value #MAX_BATCH_ITEMS}, the default. */
  public IdempotentWriterBuilder maxBatchItems(int items) {
    options.maxBatchItems = items;
    return this;
  }

  /**
   * Sets how many bytes go out together at most: 1 to {@value #MAX_BATCH_BYTES}, 1 MiB by default.
   * A larger item goes alone.
   */
  public IdempotentWriterBuilder maxBatchBytes(long bytes) {
    options.maxBatchBytes = bytes;
    return this;
  }

  /** Sets how many writes may be under way: 1 or more, 10,000 by default. More find no room. */
  public IdempotentWriterBuilder maxBufferedItems(int items) {
    options.maxBufferedItems = items;
    return this;
  }

  /**
   * Sets how many bytes of the heap the writes under way may hold: 4 MiB or more, 64 MiB by
   * default, by an estimate that is within half more and a third less. A write that holds more goes
   * alone.
   */
  public IdempotentWriterBuilder maxBufferedBytes(long bytes) {
    options.maxBufferedBytes = bytes;
    return this;
  }

  /**
   * Sets how many requests may be under way: 1 or more, 40 by default. Throughput is at most this
   * over the latency. The client should have at least as many connections (Netty's default is 50),
   * or requests fail while waiting for one.
   */
  public IdempotentWriterBuilder maxInFlightRequests(int requests) {
    options.maxInFlightRequests = requests;
    return this;
  }

  /**
   * Sets how many bytes the requests under way may have together: 1 or more, 16 MiB by default. It
   * bounds what the client holds of requests, beside the writes themselves. A larger request goes
   * when no other is under way.
   */
  public IdempotentWriterBuilder maxInFlightBytes(long bytes) {
    options.maxInFlightBytes = bytes;
    return this;
  }

  /**
   * Sets how many write units a second may be spent on a declared table, or on the ledger: by
   * default {@link WriteBudget#adaptive()}, one for each table. Give one budget to several writers
   * of a process, or to several tables, and they share it.
   */
  public IdempotentWriterBuilder writeBudget(String table, WriteBudget budget) {
    options.budgets.put(requireNonNull(table, "table"), requireNonNull(budget, "budget"));
    return this;
  }

  /**
   * Sets how long one request may take, the client's own attempts included: above zero, up to a
   * year; 5 s by default. What has not answered by then counts as unknown and is tried again.
   */
  public IdempotentWriterBuilder requestTimeout(Duration duration) {
    options.requestTimeout = requireNonNull(duration, "duration");
    return this;
  }

  /**
   * Sets how long a write is tried for before it fails with {@link
   * dev.sluice.model.UnknownOutcomeException}: at least linger plus requestTimeout, up to a year; 2
   * min by default. A request that is under way by then is waited for. With requestTimeout and 30 s
   * for clocks that differ it may not pass the ledger's {@link LedgerTable#retention}.
   */
  public IdempotentWriterBuilder deliveryTimeout(Duration duration) {
    options.deliveryTimeout = requireNonNull(duration, "duration");
    return this;
  }

  /** Sets how long {@code write} waits for room in the buffer: zero to a year, 1 min by default. */
  public IdempotentWriterBuilder maxBlock(Duration duration) {
    options.maxBlock = requireNonNull(duration, "duration");
    return this;
  }

  /**
   * Sets the backoff between attempts: full jitter, under a bound that doubles from the base (above
   * zero; 25 ms by default) to the maximum (at least the base, up to a year; 5 s by default).
   */
  public IdempotentWriterBuilder backoff(Duration base, Duration max) {
    options.backoffBase = requireNonNull(base, "base");
    options.backoffMax = requireNonNull(max, "max");
    return this;
  }

  /**
   * Sets what to do with a record whose event another record has claimed: {@link Duplicates#DROP}
   * by default, {@link Duplicates#REAPPLY} for compacted topics. Under {@link Mode#TRANSACTIONAL}
   * only the default; under {@link Mode#KEYED} it has no meaning, since every record is applied.
   */
  public IdempotentWriterBuilder duplicates(Duplicates what) {
    options.duplicates = requireNonNull(what, "what");
    return this;
  }

  /**
   * Sets how many events the writer remembers the entries of, those that it finished last: 0 (none)
   * to {@value #MAX_CLAIM_MEMORY}; 10,000 by default, which take some 4 MB. One that comes again is
   * then a duplicate or a replay without a request to the ledger; its effects are made as ever.
   * Only events that this writer saw durable are remembered.
   */
  public IdempotentWriterBuilder claimMemory(int entries) {
    options.claimMemory = entries;
    return this;
  }

  /**
   * Sets how long {@link #build()} may take to look at the tables: above zero, up to a year; 30 s
   * by default, for all tables together. It is real time, whatever the {@link #clock}. The writer
   * waits for what passes: throttles, failures of the service, answers that do not come, a table
   * that is being created. What does not pass by itself ends it at once: a table that is not there,
   * a permission that is missing, an endpoint where nobody is found for some seconds.
   */
  public IdempotentWriterBuilder startTimeout(Duration duration) {
    options.startTimeout = requireNonNull(duration, "duration");
    return this;
  }

  /**
   * Builds without asking the service anything: every table's keys must then be given, and the
   * ledger is not looked at. For accounts without {@code dynamodb:DescribeTable}, and for tests.
   * The service's time is then known only after the first request: the local clock must not be
   * behind by more than the ledger's retention. The built writer still describes a table that finds
   * an item invalid, if it may.
   */
  public IdempotentWriterBuilder withoutTableCheck() {
    options.checkTables = false;
    return this;
  }

  /**
   * Sets who is told what the writer does: nobody by default. With a listener the service is asked
   * what requests consume.
   */
  public IdempotentWriterBuilder metrics(WriterMetrics listener) {
    options.metrics = WriterMetrics.guarded(requireNonNull(listener, "listener"));
    return this;
  }

  /**
   * Sets the local time by which claims and items expire, beside the service's own: the system's by
   * default. Whoever runs the machine may set it back and forward.
   *
   * <p>Timeouts, lingers, backoffs and budgets do not go by it, but by real time; save where a
   * {@link #scheduler} is given too, as in tests in virtual time. Then they go by this clock as it
   * moves forward; one that is set back holds nothing up, and one that is set forward past the
   * writer's next timer ends nothing but that early.
   */
  public IdempotentWriterBuilder clock(InstantSource source) {
    options.clock = requireNonNull(source, "source");
    return this;
  }

  /**
   * Sets where shards and backoffs are drawn from: a {@code SplittableRandom} by default. It is
   * used by one thread at a time. The tokens of transactions are not drawn from it, since processes
   * with one seed would share them.
   */
  public IdempotentWriterBuilder random(RandomGenerator generator) {
    options.random = requireNonNull(generator, "generator");
    return this;
  }

  /** Sets what runs the writer's loop, by the clock's time: by default a thread of its own. */
  public IdempotentWriterBuilder scheduler(ScheduledExecutorService executor) {
    options.scheduler = requireNonNull(executor, "executor");
    return this;
  }

  /** Sets where requests are built and sent: by default up to four threads of the writer's own. */
  public IdempotentWriterBuilder requestExecutor(Executor executor) {
    options.requestExecutor = requireNonNull(executor, "executor");
    return this;
  }

  /**
   * Sets where outcomes are delivered: by default a thread of the writer's own, so that a slow
   * listener delays only other listeners. Where one that is given takes nothing, a thread of the
   * writer's own tells the listeners instead. One that runs callbacks on the calling thread runs
   * them on the writer's own, which writes nothing meanwhile.
   */
  public IdempotentWriterBuilder callbackExecutor(Executor executor) {
    options.callbackExecutor = requireNonNull(executor, "executor");
    return this;
  }

  /**
   * Checks the settings and the tables and builds the writer. Blocks while it asks the service for
   * the tables' keys, at most for startTimeout.
   *
   * @return the writer, running
   * @throws IllegalArgumentException if a setting is out of range
   * @throws ConfigurationException if a table is missing or takes no writes, or its keys do not fit
   * @throws dev.sluice.model.SystemException if a table could not be described
   */
  public IdempotentWriter build() {
    return WriterAssembly.of(options);
  }
}
