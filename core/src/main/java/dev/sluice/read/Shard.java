package dev.sluice.read;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of one shard: items that were read and not yet handed out, and where to go on. */
final class Shard {
  private final int index;
  private final Deque<Entry> buffer = new ArrayDeque<>();
  private Position handedOut;
  private Position taken;
  private Position read;
  private int reads;

  Shard(int index, Position start) {
    this.index = index;
    this.handedOut = start;
    this.taken = start;
    this.read = start;
  }

  /** {@return its place among the shards} */
  int index() {
    return index;
  }

  /** {@return where the next page begins} */
  Position nextPage() {
    return read;
  }

  /** {@return where to go on if what was read is forgotten} */
  Position resume() {
    return buffer.isEmpty() ? read : taken;
  }

  /** {@return behind the last item that was taken, or the start if none was} */
  Position handedOut() {
    return handedOut;
  }

  boolean isEmpty() {
    return buffer.isEmpty();
  }

  /** {@return whether a page must be read to know what comes next} */
  boolean isStarved() {
    return buffer.isEmpty() && !read.done();
  }

  @Nullable Entry head() {
    return buffer.peek();
  }

  /** A page of the caller's begins: what it needs of this shard is to be guessed anew. */
  void beginPage() {
    reads = 0;
  }

  /**
   * How many items to read: a shard of which more is needed than was guessed is asked for twice as
   * many each time.
   *
   * @param share how many items of it are guessed to be on a page
   * @param most how many at most
   * @return 1 or more
   */
  int limit(int share, int most) {
    return reads < Integer.SIZE - 1 && share <= most >> reads ? share << reads : most;
  }

  Entry take() {
    Entry entry = buffer.remove();
    taken = Position.after(entry.sortKey());
    handedOut = taken;
    return entry;
  }

  /** {@return how many items were read of it and not taken} */
  int size() {
    return buffer.size();
  }

  void add(List<Entry> page, Position next) {
    if (buffer.isEmpty()) {
      taken = read;
    }
    reads++;
    buffer.addAll(page);
    read = next;
  }
}
