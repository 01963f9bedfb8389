package dev.sluice.read;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Merges the shards in the order of their sort keys, and of the shards where those are equal;
 * descending is that order reversed. The next item is known once no shard could have an earlier
 * one: a shard whose items are used up must be read first, and no other. Without sort keys the
 * order is that of the shards, so that only those up to the next item must be read.
 */
final class Merge {
  private final SortOrder order;
  private final Comparator<Entry> before;
  private final List<Shard> shards;
  private final PriorityQueue<Shard> ready;
  private final TreeSet<Shard> starved;
  private @Nullable Entry last;

  Merge(SortOrder order, boolean ascending, List<Position> start, @Nullable Frontier frontier) {
    this.order = order;
    this.last =
        frontier == null
            ? null
            : new Entry(
                frontier.shard(), frontier.sortKey(), order.key(frontier.sortKey()), Map.of());
    Comparator<Entry> up =
        Comparator.comparing(Entry::key, order::compare).thenComparingInt(Entry::shard);
    this.before = ascending ? up : up.reversed();
    Comparator<Shard> byPlace = Comparator.comparingInt(Shard::index);
    this.starved = new TreeSet<>(ascending ? byPlace : byPlace.reversed());
    this.ready = new PriorityQueue<>(Comparator.comparing(Merge::head, before));
    this.shards = new ArrayList<>(start.size());
    for (Position each : start) {
      Shard shard = new Shard(shards.size(), each);
      shards.add(shard);
      file(shard);
    }
  }

  private static Entry head(Shard shard) {
    Entry head = shard.head();
    if (head == null) {
      throw new IllegalStateException("A shard without items was filed as ready.");
    }
    return head;
  }

  private void file(Shard shard) {
    if (!shard.isEmpty()) {
      ready.add(shard);
    } else if (shard.isStarved()) {
      starved.add(shard);
    }
  }

  /**
   * The shards to read before the next item is known.
   *
   * @param wanted how many items are still wanted, at least 1
   * @return none if it is known, or if there is none
   */
  List<Shard> toRead(int wanted) {
    if (!isBlocked()) {
      return List.of();
    }
    if (order != SortOrder.NONE) {
      return List.copyOf(starved);
    }
    return starved.stream().limit(Math.max(1, wanted - ready.size())).toList();
  }

  /**
   * The shards to read when some must be, by whoever will read on: also those of which little is
   * left, so that it need not wait for each by itself.
   *
   * @param share how many items are to be read of each
   * @return none if the next item is known, or if there is none
   */
  List<Shard> toReadAhead(int share) {
    if (!isBlocked()) {
      return List.of();
    }
    return shards.stream()
        .filter(shard -> !shard.nextPage().done() && shard.size() <= share / 2)
        .toList();
  }

  private boolean isBlocked() {
    if (starved.isEmpty() || order != SortOrder.NONE || ready.isEmpty()) {
      return !starved.isEmpty();
    }
    return starved.comparator().compare(starved.first(), ready.peek()) < 0;
  }

  /** {@return the next item, or null if there is none; nothing may have to be read} */
  @Nullable Entry poll() {
    Shard shard = ready.poll();
    if (shard == null) {
      return null;
    }
    Entry entry = shard.take();
    file(shard);
    last = entry;
    return entry;
  }

  /** A page of the caller's begins. */
  void beginPage() {
    shards.forEach(Shard::beginPage);
  }

  /**
   * How many of the items still wanted each shard may have: an even share, and as much more as
   * chance makes of it, mostly. Without sort keys one shard after the other is read, and may have
   * all.
   *
   * @param wanted how many items are still wanted, at least 1
   * @return 1 or more
   */
  int share(int wanted) {
    long unread = shards.stream().filter(each -> !each.nextPage().done()).count();
    if (order == SortOrder.NONE || unread <= 1) {
      return wanted;
    }
    double even = (double) wanted / unread;
    return (int) Math.min(wanted, Math.ceil(even) + Math.ceil(Math.sqrt(even)));
  }

  /** Takes in a page of a shard that was to be read. */
  void add(Shard shard, List<Entry> page, Position next) {
    boolean isFiled = !shard.isEmpty();
    starved.remove(shard);
    shard.add(page.stream().filter(this::isAhead).toList(), next);
    if (!isFiled) {
      file(shard);
    }
  }

  /** Whether an item is not behind what was handed out; written since, it would be out of order. */
  private boolean isAhead(Entry entry) {
    return last == null || before.compare(entry, last) > 0;
  }

  /** {@return whether all that there was has been handed out} */
  boolean isDone() {
    return ready.isEmpty() && starved.isEmpty();
  }

  @Nullable Frontier frontier() {
    return last == null ? null : new Frontier(last.shard(), last.sortKey());
  }

  /** {@return where to go on so that all is found that is ahead of what was handed out by then} */
  PageToken anew() {
    return new PageToken(frontier(), shards.stream().map(this::anew).toList());
  }

  private Position anew(Shard shard) {
    Entry frontier = last;
    if (frontier == null) {
      return Position.START;
    }
    Entry here = new Entry(shard.index(), frontier.sortKey(), frontier.key(), Map.of());
    boolean passed = before.compare(here, frontier) <= 0;
    if (order == SortOrder.NONE) {
      return passed ? Position.DONE : Position.START;
    }
    if (passed) {
      return Position.after(frontier.sortKey());
    }
    // Here an item with the frontier's own sort key is still ahead.
    AttributeValue after = shard.handedOut().after();
    return after != null && isBehind(after, here) ? shard.handedOut() : Position.START;
  }

  private boolean isBehind(AttributeValue sortKey, Entry entry) {
    return before.compare(new Entry(entry.shard(), sortKey, order.key(sortKey), Map.of()), entry)
        < 0;
  }

  /** {@return where to go on with each shard} */
  List<Position> positions() {
    return shards.stream().map(Shard::resume).toList();
  }
}
