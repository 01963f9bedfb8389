package dev.sluice;

import dev.sluice.batch.BatchTriggers;
import dev.sluice.flow.WriteBudget;
import dev.sluice.item.ItemSize;
import dev.sluice.metrics.WriterMetrics;
import dev.sluice.model.Duplicates;
import dev.sluice.model.LedgerTable;
import dev.sluice.model.Mode;
import dev.sluice.pacing.Backoff;
import dev.sluice.pacing.MonotonicClock;
import dev.sluice.request.TransactWrite;
import dev.sluice.write.ClaimSettings;
import dev.sluice.write.RequestLimits;
import dev.sluice.write.WriterSettings;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/** What a builder was told, and whether it can be done. */
final class WriterOptions {
  static final int MAX_BATCH_ITEMS = 25;
  static final long MAX_BATCH_BYTES = 16L * 1024 * 1024;
  static final int MAX_CLAIM_MEMORY = 1_000_000;

  /** So far the clocks of two processes may be apart before either notices. */
  private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(30);

  private static final long MIN_BUFFERED_BYTES = 4L * 1024 * 1024;

  /** So that the loop's nanoseconds since the epoch never overflow. */
  private static final Duration LONGEST = Duration.ofDays(365);

  final DynamoDbAsyncClient client;
  final DeclaredTables tables = new DeclaredTables();
  @Nullable LedgerTable ledger;
  Duration linger = Duration.ofMillis(10);
  int maxBatchItems = MAX_BATCH_ITEMS;
  long maxBatchBytes = 1024L * 1024;
  int maxBufferedItems = 10_000;
  long maxBufferedBytes = 64L * 1024 * 1024;
  int maxInFlightRequests = 40;
  long maxInFlightBytes = 16L * 1024 * 1024;
  final Map<String, WriteBudget> budgets = new LinkedHashMap<>();
  Duration requestTimeout = Duration.ofSeconds(5);
  Duration deliveryTimeout = Duration.ofMinutes(2);
  Duration maxBlock = Duration.ofMinutes(1);
  Duration startTimeout = Duration.ofSeconds(30);
  Duration backoffBase = Duration.ofMillis(25);
  Duration backoffMax = Duration.ofSeconds(5);
  Mode mode = Mode.LEDGER;
  int maxTransactionEvents = 1;
  Duplicates duplicates = Duplicates.DROP;
  int claimMemory = 10_000;
  boolean checkTables = true;
  WriterMetrics metrics = WriterMetrics.disabled();
  @Nullable InstantSource clock;
  RandomGenerator random = new SplittableRandom();
  // Nothing but a service's comparison depends on what is drawn from it.
  final RandomGenerator tokens = new SecureRandom();
  @Nullable ScheduledExecutorService scheduler;
  @Nullable Executor requestExecutor;
  @Nullable Executor callbackExecutor;

  WriterOptions(DynamoDbAsyncClient client) {
    this.client = client;
  }

  /** {@return the time by which claims and items expire: whoever runs the machine may set it} */
  InstantSource wallClock() {
    return clock == null ? InstantSource.system() : clock;
  }

  /**
   * {@return a new clock for durations, which never runs backwards} A scheduler that is given goes
   * by the clock that is given; the writer's own goes by real time.
   */
  InstantSource steadyClock() {
    return clock == null || scheduler == null
        ? new MonotonicClock()
        : MonotonicClock.following(clock);
  }

  /**
   * The loop's settings, checked.
   *
   * @param steady the clock for durations
   */
  WriterSettings checkedSettings(InstantSource steady) {
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
    require(maxInFlightBytes >= 1, "maxInFlightBytes", maxInFlightBytes, "1 or more");
    require(
        maxTransactionEvents >= 1 && maxTransactionEvents <= TransactWrite.MAX_ACTIONS,
        "maxTransactionEvents",
        maxTransactionEvents,
        "1 to " + TransactWrite.MAX_ACTIONS);
    require(
        maxTransactionEvents == 1 || mode == Mode.TRANSACTIONAL,
        "maxTransactionEvents",
        maxTransactionEvents,
        "1 under " + mode + ", which has no transactions");
    require(
        duplicates == Duplicates.DROP || mode != Mode.TRANSACTIONAL,
        "duplicates",
        duplicates,
        Duplicates.DROP + " under " + mode + ", where what is claimed is applied");
    require(
        claimMemory >= 0 && claimMemory <= MAX_CLAIM_MEMORY,
        "claimMemory",
        claimMemory,
        "0 to " + MAX_CLAIM_MEMORY);
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
        mode,
        maxTransactionEvents,
        triggers,
        new RequestLimits(maxInFlightRequests, maxInFlightBytes, requestTimeout),
        checkedBudgets(steady),
        deliveryTimeout,
        new Backoff(backoffBase, backoffMax),
        new ClaimSettings(duplicates, claimMemory));
  }

  /** A budget for each table: the one that was given, or one that adapts. */
  private Map<String, WriteBudget> checkedBudgets(InstantSource steady) {
    Set<String> names = new LinkedHashSet<>(tables.names());
    if (ledger != null) {
      names.add(ledger.name());
    }
    budgets
        .keySet()
        .forEach(
            name ->
                require(
                    names.contains(name),
                    "writeBudget's table",
                    name,
                    "one of the declared tables and the ledger, " + names));
    // One share of each for this writer, though several of its tables may have the same.
    Map<WriteBudget, WriteBudget> shares = new HashMap<>();
    Map<String, WriteBudget> whole = new LinkedHashMap<>();
    budgets.forEach(
        (name, budget) -> whole.put(name, shares.computeIfAbsent(budget, WriteBudget::share)));
    names.forEach(name -> whole.putIfAbsent(name, WriteBudget.adaptive().withClock(steady)));
    return whole;
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

  /** The ledger, checked; null where the mode needs none. */
  @Nullable LedgerTable checkedLedger() {
    require(
        !tables.isEmpty(), "table", "not set", "at least one data table: .table(Table.named(…))");
    LedgerTable checked = ledger;
    if (mode == Mode.KEYED) {
      require(
          checked == null,
          "ledger",
          checked == null ? "not set" : checked.name(),
          "none under KEYED, which keeps no claims");
      return null;
    }
    if (checked == null) {
      throw new IllegalArgumentException(
          "ledger is not set; name the table that keeps the claims:"
              + " .ledger(LedgerTable.named(\"event-ledger\").scope(\"billing\")).");
    }
    String scope = checked.scope();
    require(!scope.isEmpty(), "scope", scope, "1 character or more");
    require(ItemSize.isUnicode(scope), "scope", scope, "Unicode, without half of a surrogate pair");
    require(
        !tables.contains(checked.name()),
        "ledger",
        checked.name(),
        "a table that is not declared as a data table too");
    // The last request of a write lands so late; until then its claim must keep others out.
    Duration longest = deliveryTimeout.plus(requestTimeout).plus(CLOCK_TOLERANCE);
    require(
        checked.retention().compareTo(longest) >= 0,
        "the ledger's retention",
        checked.retention(),
        "at least deliveryTimeout plus requestTimeout and "
            + CLOCK_TOLERANCE
            + " for clocks that differ, "
            + longest
            + ", or the claim of a write expires while its effects are made, and another record of"
            + " its event is applied too");
    return checked;
  }
}
