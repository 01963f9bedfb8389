package dev.sluice.read;

import static java.util.Objects.requireNonNull;

import dev.sluice.model.KeySchema;
import dev.sluice.request.QueryShape;
import dev.sluice.request.ShardQuery;
import dev.sluice.shard.KeySharder;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Reads logical keys of a sharded table: a {@code Query} for each shard, in parallel, merged in the
 * order of the sort keys.
 *
 * <pre>{@code
 * GatherReader reader = GatherReader.builder(client, "readings", keys, sharder).build();
 * GatherQuery latest = GatherQuery.of(fromS("ci")).descending().limit(20);
 * reader.read(latest).next().thenAccept(page -> show(page.items(), page.token()));
 * }</pre>
 *
 * <p>Give it the sharder that writes the table, with all predecessors: readers are the last to drop
 * one. A page of {@code L} items over {@code S} shards takes {@code S} requests if the shards' page
 * size {@code P} is {@code L} or more, and at most {@code S + L / P} otherwise; each stops short of
 * the service's megabyte, a filter comes on top, and the next page of the same {@link Gather} reads
 * only what has been used up.
 *
 * <p>Safe for use by several threads. Holds no resources; the client stays with whoever made it.
 */
public final class GatherReader {
  private final ShardQuery operation;
  private final KeySchema keys;
  private final KeySharder sharder;
  private final ReadSettings settings;

  GatherReader(ShardQuery operation, KeySchema keys, KeySharder sharder, ReadSettings settings) {
    this.operation = operation;
    this.keys = keys;
    this.sharder = sharder;
    this.settings = settings;
  }

  /**
   * A builder of a reader.
   *
   * @param client the client to read with; it needs no retries of its own, and at least as many
   *     connections as {@code maxInFlightRequests}
   * @param table the table's name
   * @param keys its keys
   * @param sharder how its partition keys are, and were, spread
   * @return the builder
   * @throws IllegalArgumentException if the table's name is empty, or its partition key a number
   *     and sharded
   */
  public static GatherReaderBuilder builder(
      DynamoDbAsyncClient client, String table, KeySchema keys, KeySharder sharder) {
    return new GatherReaderBuilder(client, table, keys, sharder);
  }

  /**
   * Begins to read. Nothing is sent yet.
   *
   * @param query what to read
   * @return the reading
   * @throws IllegalArgumentException if the query does not fit the table's keys
   */
  public Gather read(GatherQuery query) {
    return gather(query, null);
  }

  /**
   * Goes on behind a page, in this process or another. Nothing is sent yet. What the other reading
   * had read of the shards and not handed out is read again.
   *
   * @param query the query of that page; how much it reads at a time, how consistently and which
   *     attributes may differ
   * @param token the page's token
   * @return the reading
   * @throws IllegalArgumentException if the query does not fit the table's keys, or the token is
   *     none, or one of another query
   */
  public Gather resume(GatherQuery query, String token) {
    return gather(query, requireNonNull(token, "token"));
  }

  /**
   * Counts the items that a query finds, of all shards side by side, without bringing them. It
   * takes the read units of reading them, whatever the query's limits; the attributes that it names
   * do not matter.
   *
   * @param query what to count
   * @return the number; a failure as of a page, if it is not known within {@code readTimeout}
   * @throws IllegalArgumentException if the query does not fit the table's keys
   */
  public CompletionStage<Long> count(GatherQuery query) {
    List<AttributeValue> physicalKeys = sharder.physicalKeys(query.logicalKey());
    requireType(physicalKeys.get(0));
    PageReader pages =
        new PageReader(operation.table(), keys, SortOrder.of(keys), query.isAscending());
    QueryShape shape = query.shape(keys).withoutProjection();
    return new Count(operation, shape, physicalKeys, sharder.suffixes(), pages, settings).start();
  }

  /**
   * The items of a query, for a subscriber that says how many it wants. Nothing is read before it
   * asks; each subscription reads anew, from the start, and further ahead with each page ({@link
   * Gather#iterator}). Signals are given on the client's, the timer's or the asking thread: do not
   * block there.
   *
   * @param query what to read
   * @return a publisher by the rules of Reactive Streams
   * @throws IllegalArgumentException if the query does not fit the table's keys
   */
  public Flow.Publisher<GatheredItem> publisher(GatherQuery query) {
    Gather unused = gather(query, null);
    return new GatherPublisher(() -> gather(query, null));
  }

  private Gather gather(GatherQuery query, @Nullable String token) {
    List<AttributeValue> physicalKeys = sharder.physicalKeys(query.logicalKey());
    requireType(physicalKeys.get(0));
    return new Gather(operation, keys, query, physicalKeys, sharder.suffixes(), token, settings);
  }

  private void requireType(AttributeValue physicalKey) {
    Object type = keys.types().get(keys.partitionKey());
    if (!physicalKey.type().name().equals(String.valueOf(type))) {
      throw new IllegalArgumentException(
          "The logical key makes partition keys of the type "
              + physicalKey.type()
              + "; the table '"
              + operation.table()
              + "' has the key "
              + keys
              + '.');
    }
  }
}
