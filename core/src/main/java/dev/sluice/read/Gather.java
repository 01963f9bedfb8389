package dev.sluice.read;

import dev.sluice.model.KeySchema;
import dev.sluice.model.SluiceException;
import dev.sluice.model.Suffix;
import dev.sluice.request.QueryReply;
import dev.sluice.request.QueryShape;
import dev.sluice.request.ShardQuery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * One reading of a logical key, page after page. Nothing is sent before a page is asked for, and
 * then only to the shards that could have its next item; what was read of them and not handed out
 * is kept for the next page, unless the query is consistent.
 *
 * <p>The order is that of the sort keys; where those are equal, and where there are none, that of
 * {@code KeySharder.suffixes()}. It is not a snapshot: an item that is written or deleted meanwhile
 * may be seen or not, all others are seen once, and nothing is out of order.
 *
 * <p>A page that fails has lost nothing: {@link #next()} may be called again and goes on where it
 * failed (a consistent page begins anew), and the token of the page before stays valid. Failures
 * are {@code ReadTimeoutException}, {@code SystemException} and {@code ConfigurationException}.
 *
 * <p>For one caller at a time. Holds no resources and need not be closed.
 */
public final class Gather {
  private static final int AHEAD_TIMES = 4;
  private static final int MOST_AHEAD = 1 << 24;

  private final ShardQuery operation;
  private final KeySchema keys;
  private final GatherQuery query;
  private final QueryShape shape;
  private final List<AttributeValue> physicalKeys;
  private final List<Suffix> suffixes;
  private final PageTokens tokens;
  private final SortOrder order;
  private final PageReader pages;
  private final ReadSettings settings;
  private final AtomicBoolean busy = new AtomicBoolean();
  private List<GatheredItem> items = new ArrayList<>();
  private Merge merge;
  // Where the next page begins, if nothing that was read before counts.
  private PageToken start;
  private boolean over;
  // How many items were asked for since the page began.
  private long asked;
  private double units;
  private long beganAt;
  // Page after page will be read, and how many items are read for the next one at least.
  private boolean readsOn;
  private int ahead;

  Gather(
      ShardQuery operation,
      KeySchema keys,
      GatherQuery query,
      List<AttributeValue> physicalKeys,
      List<Suffix> suffixes,
      @Nullable String token,
      ReadSettings settings) {
    this.operation = operation;
    this.keys = keys;
    this.query = query;
    this.shape = query.shape(keys);
    this.physicalKeys = physicalKeys;
    this.suffixes = suffixes;
    this.settings = settings;
    this.order = SortOrder.of(keys);
    this.tokens = new PageTokens(operation.table(), keys, physicalKeys, suffixes, shape);
    this.pages = new PageReader(operation.table(), keys, order, query.isAscending());
    this.merge = merge(token);
    this.start = merge.anew();
  }

  private Merge merge(@Nullable String token) {
    if (token == null) {
      List<Position> start = suffixes.stream().map(each -> Position.START).toList();
      return new Merge(order, query.isAscending(), start, null);
    }
    PageToken read = tokens.decode(token);
    return new Merge(order, query.isAscending(), read.positions(), read.frontier());
  }

  /**
   * Reads the next page. The stage completes within {@code readTimeout}, on a thread of the
   * client's or of the timer's: do not block there, or go on with {@code thenApplyAsync}.
   *
   * @return the page; empty and without a token when all has been read
   * @throws IllegalStateException if the page before is still being read
   */
  public CompletionStage<GatherPage> next() {
    if (!busy.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "The page before is still being read; ask for one page at a time.");
    }
    if (shape.consistent() && !over) {
      merge = new Merge(order, query.isAscending(), start.positions(), start.frontier());
      items = new ArrayList<>();
    }
    merge.beginPage();
    asked = 0;
    units = 0;
    beganAt = settings.use().nanos();
    CompletableFuture<GatherPage> page = new CompletableFuture<>();
    advance(page, settings.clock().instant().plus(settings.readTimeout()));
    return page;
  }

  private void advance(CompletableFuture<GatherPage> page, Instant deadline) {
    try {
      fill(page, deadline);
    } catch (RuntimeException | Error thrown) {
      fail(page, thrown);
    }
  }

  private void fail(CompletableFuture<GatherPage> page, Throwable why) {
    settings.use().metrics().pageFailed(operation.table(), why.getClass().getSimpleName());
    busy.set(false);
    page.completeExceptionally(why);
  }

  private void fill(CompletableFuture<GatherPage> page, Instant deadline) {
    while (items.size() < query.limit()) {
      int wanted = Math.max(ahead, query.limit() - items.size());
      List<Shard> unread = unread(wanted);
      if (!unread.isEmpty() && !query.mayReadMore(asked)) {
        break;
      }
      if (!unread.isEmpty()) {
        CompletableFuture<ShardReads> reads = reads(unread, wanted, deadline);
        if (!reads.isDone()) {
          CompletableFuture<Void> unused =
              reads.thenAccept(each -> takeIn(unread, each, page, deadline));
          return;
        }
        takeIn(unread, reads.join());
        continue;
      }
      Entry entry = merge.poll();
      if (entry == null) {
        break;
      }
      items.add(restored(entry));
    }
    GatherPage full = new GatherPage(List.copyOf(items), endPage(), units);
    settings
        .use()
        .metrics()
        .pageRead(operation.table(), items.size(), units, settings.use().nanos() - beganAt);
    items = new ArrayList<>();
    if (readsOn) {
      ahead = Math.min(MOST_AHEAD, AHEAD_TIMES * Math.max(ahead, query.limit()));
    }
    busy.set(false);
    page.complete(full);
  }

  private List<Shard> unread(int wanted) {
    return readsOn && order != SortOrder.NONE
        ? merge.toReadAhead(share(wanted))
        : merge.toRead(wanted);
  }

  private int share(int wanted) {
    return Math.min(query.shardLimit(wanted), query.shardShare(merge.share(wanted)));
  }

  private CompletableFuture<ShardReads> reads(List<Shard> unread, int wanted, Instant deadline) {
    int share = share(wanted);
    int most = query.shardLimit(wanted);
    unread.forEach(shard -> asked += shard.limit(share, most));
    return new ShardReads(
            operation.table(),
            settings,
            deadline,
            unread,
            shard ->
                operation.send(
                    shape,
                    physicalKeys.get(shard.index()),
                    shard.nextPage().after(),
                    shard.limit(share, most)))
        .start();
  }

  private void takeIn(
      List<Shard> unread, ShardReads reads, CompletableFuture<GatherPage> page, Instant deadline) {
    try {
      takeIn(unread, reads);
    } catch (RuntimeException | Error thrown) {
      fail(page, thrown);
      return;
    }
    advance(page, deadline);
  }

  /** Takes in what was read, and throws why something was not. */
  private void takeIn(List<Shard> unread, ShardReads reads) {
    for (int i = 0; i < unread.size(); i++) {
      QueryReply.Page read = reads.page(i);
      if (read != null) {
        units += read.units();
        Shard shard = unread.get(i);
        Position next = pages.next(read);
        merge.add(shard, pages.entries(shard, read), next);
      }
    }
    SluiceException failure = reads.failure();
    if (failure != null) {
      throw failure;
    }
  }

  private GatheredItem restored(Entry entry) {
    Suffix suffix = suffixes.get(entry.shard());
    Map<String, AttributeValue> item = new HashMap<>(entry.item());
    item.put(keys.partitionKey(), query.logicalKey());
    Map<String, AttributeValue> key = new HashMap<>();
    key.put(keys.partitionKey(), physicalKeys.get(entry.shard()));
    keys.sortKey().ifPresent(name -> key.put(name, entry.sortKey()));
    return new GatheredItem(Collections.unmodifiableMap(item), suffix, Map.copyOf(key));
  }

  /** Notes where the page ends; gives the token if it is not the last one. */
  private Optional<String> endPage() {
    over = merge.isDone();
    if (over) {
      return Optional.empty();
    }
    if (shape.consistent()) {
      start = merge.anew();
      return Optional.of(tokens.encode(start));
    }
    return Optional.of(tokens.encode(new PageToken(merge.frontier(), merge.positions())));
  }

  /**
   * Waits for the next page: neither on the client's threads nor beside {@link #next()}.
   *
   * @return the page; empty and without a token when all has been read
   * @throws dev.sluice.model.SluiceException if the page fails, which has lost nothing
   * @throws IllegalStateException if the page before is still being read
   */
  public GatherPage nextPage() {
    return GatherIterator.next(this);
  }

  /** More than a page will be read: the next ones are read ahead, unless they are to be fresh. */
  Gather readingOn() {
    readsOn = !shape.consistent();
    return this;
  }

  /**
   * All items that are left, page by page as they are needed: the first when the first item is
   * asked for, each other one when the items of the page before are used up. For each page more is
   * read than for the one before, by fours up to {@code shardPageSize} items of each shard at once
   * ({@code consistent} queries aside), so that whoever takes a few items reads a few, and whoever
   * takes all reads them in few requests, side by side. It waits, so neither on the client's
   * threads nor beside {@link #next()}; failures are thrown, and it may be asked again after one.
   *
   * @return an iterator of one use
   */
  public Iterator<GatheredItem> iterator() {
    return new GatherIterator(readingOn());
  }

  /**
   * The same as {@link #iterator()}, as a stream.
   *
   * @return an ordered, sequential stream that reads as it is consumed
   */
  public Stream<GatheredItem> stream() {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(iterator(), Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }
}
