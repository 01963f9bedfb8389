package dev.sluice.testkit.simulated.engine;

import static java.util.Objects.requireNonNull;

import dev.sluice.testkit.dynamodb.KeyAttribute;
import dev.sluice.testkit.simulated.throughput.Admission;
import dev.sluice.testkit.simulated.throughput.Resource;
import dev.sluice.testkit.simulated.throughput.Throughput;
import dev.sluice.testkit.simulated.throughput.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbResponse;

/**
 * A DynamoDB in memory: tables, items, conditions, units and throttles by the service's rules, and
 * nothing that it did not get from its caller: no thread, no clock, no randomness of its own.
 *
 * <p>It takes the SDK's requests and gives the SDK's responses and exceptions, classes and error
 * codes as of the real service. What it does not know it refuses with {@link
 * dev.sluice.testkit.simulated.error.NotSimulatedError}. Nothing goes wrong in it by chance: that
 * is the business of the fronts. Without limits until some are set.
 *
 * <p>Not safe for use by several threads.
 */
public final class SimulatedDynamoDb {

  private final Tables tables = new Tables();
  private final Admission admission = new Admission();
  private final TableAdmin admin;
  private final Dispatch dispatch;

  private SimulatedDynamoDb(RandomGenerator random) {
    this.admin = new TableAdmin(tables, random);
    this.dispatch = new Dispatch(tables, admin, admission);
  }

  /**
   * An empty one.
   *
   * @param random decides which eventually consistent reads are stale
   * @return the new service
   */
  public static SimulatedDynamoDb create(RandomGenerator random) {
    return new SimulatedDynamoDb(requireNonNull(random, "random"));
  }

  /** {@return an empty one, in which no read is stale} */
  public static SimulatedDynamoDb create() {
    return create(new SplittableRandom(0));
  }

  /**
   * Serves a request.
   *
   * @param now the service's time
   * @return the response that belongs to the request
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException what the service
   *     refuses it with
   * @throws dev.sluice.testkit.simulated.error.NotSimulatedError if it asks for what is not
   *     simulated
   */
  public DynamoDbResponse execute(DynamoDbRequest request, Instant now) {
    return dispatch.execute(request, now);
  }

  /** Makes an on-demand table with a partition key alone. */
  public void createTable(String table, KeyAttribute partitionKey) {
    admin.create(TableRequests.onDemand(table, partitionKey), Instant.EPOCH);
  }

  /** Makes an on-demand table with partition and sort key. */
  public void createTable(String table, KeyAttribute partitionKey, KeyAttribute sortKey) {
    admin.create(TableRequests.onDemand(table, partitionKey, sortKey), Instant.EPOCH);
  }

  /**
   * Makes a table that is described by a request.
   *
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException if it exists or the
   *     request is wrong
   */
  public void createTable(CreateTableRequest request) {
    admin.create(request, Instant.EPOCH);
  }

  /** {@return the names of all tables, in order} */
  public List<String> tables() {
    return tables.names();
  }

  /**
   * All items of a table, in no particular but always the same order. Costs no units.
   *
   * @throws software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException if there is no
   *     such table
   */
  public List<Map<String, AttributeValue>> items(String table) {
    List<Map<String, AttributeValue>> items = new ArrayList<>();
    tables.require(table).items().all(null).forEach(item -> items.add(item.attributes()));
    return items;
  }

  /**
   * One item. Costs no units.
   *
   * @param key its key attributes
   * @return the item, if there is one
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException if there is no such
   *     table, or it has another key
   */
  public Optional<Map<String, AttributeValue>> item(String table, Map<String, AttributeValue> key) {
    var found = tables.require(table);
    var item = found.get(found.schema().ofKey(key));
    return item == null ? Optional.empty() : Optional.of(item.attributes());
  }

  /**
   * For tables that are made from now on: an eventually consistent read sees an item as it was
   * before its latest change, with this probability, while the change is younger than this. Never,
   * unless set.
   *
   * @throws IllegalArgumentException if the chance is not from 0 to 1 or the duration is negative
   */
  public void staleReads(double chance, Duration most) {
    admin.staleReads(new StaleReads(chance, most));
  }

  /**
   * Whether a transaction with an invalid item is refused as a whole, with a {@code
   * ValidationException}, and not cancelled with a reason at the action. DynamoDB Local does so for
   * some items, and so did the service in three regions in October 2026. Not unless set.
   */
  public void refuseInvalidTransactions(boolean refuse) {
    dispatch.transactions().refuseInvalid(refuse);
  }

  /** Limits a table from now on; credit that it has gathered stays. */
  public void limit(String table, Throughput throughput, Instant now) {
    admission.limit(table, requireNonNull(throughput, "throughput"), Dispatch.nanos(now));
  }

  /**
   * Limits a global index from now on; credit that it has gathered stays. A write that its index
   * has no units for is throttled, and nothing of it is made. Each of the index's partitions is
   * what the throughput says of one: all items with one key of the index share it.
   *
   * @throws IllegalArgumentException if the table has no such global index
   * @throws software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException if there is no
   *     such table
   */
  public void limit(String table, String index, Throughput throughput, Instant now) {
    admission.limit(
        globalIndex(table, index), requireNonNull(throughput, "throughput"), Dispatch.nanos(now));
  }

  /** Lifts the limits of a table; those of its global indexes stay. */
  public void unlimit(String table) {
    admission.unlimit(Resource.ofTable(table));
  }

  /** Lifts the limits of a global index. */
  public void unlimit(String table, String index) {
    admission.unlimit(globalIndex(table, index));
  }

  private Resource globalIndex(String table, String index) {
    if (tables.require(table).indexes().stream()
        .noneMatch(each -> each.global() && each.name().equals(index))) {
      throw new IllegalArgumentException("the table " + table + " has no global index " + index);
    }
    return new Resource(table, index);
  }

  /**
   * Limits all tables together from now on.
   *
   * @param writeUnits write units a second
   * @param readUnits read units a second
   * @param burst how much unused capacity is kept
   * @param now the service's time
   */
  public void limitAccount(double writeUnits, double readUnits, Duration burst, Instant now) {
    admission.limitAccount(
        Throughput.onDemand(1).withTableUnits(writeUnits, readUnits).withBurst(burst),
        Dispatch.nanos(now));
  }

  /**
   * Deletes the expired items of a table; until then they stay visible. The service does this
   * within days, at no cost.
   *
   * @return how many were deleted
   * @throws software.amazon.awssdk.services.dynamodb.model.DynamoDbException if there is no such
   *     table or its items do not expire
   */
  public int expire(String table, Instant now) {
    return expire(table, now, item -> true);
  }

  /** As {@link #expire(String, Instant)}, of the items that are chosen. */
  public int expire(String table, Instant now, Predicate<Map<String, AttributeValue>> chosen) {
    return Expiry.run(tables.require(table), chosen, Dispatch.nanos(now));
  }

  /**
   * Has items refused that hold an attribute with another type, as an index by it would. It costs
   * no units; an index that does comes with {@link #createTable(CreateTableRequest)}.
   *
   * @throws software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException if there is no
   *     such table
   */
  public void addIndexKey(String table, KeyAttribute key) {
    tables.require(table).addIndexKey(requireNonNull(key, "key"));
  }

  /** Takes back what {@link #addIndexKey} has set. */
  public void dropIndexKey(String table, KeyAttribute key) {
    tables.require(table).dropIndexKey(key);
  }

  /** {@return the units spent on a table so far, and those refused; without its global indexes} */
  public Usage usage(String table) {
    return admission.usage(table);
  }

  /**
   * As {@link #usage(String)}, of a global index.
   *
   * @return the units spent on it so far, and those refused
   * @throws IllegalArgumentException if the table has no such global index
   */
  public Usage usage(String table, String index) {
    return admission.usage(globalIndex(table, index));
  }

  /** {@return how many requests were served or refused so far, by operation} */
  public Map<Operation, Long> requests() {
    return dispatch.counts();
  }
}
