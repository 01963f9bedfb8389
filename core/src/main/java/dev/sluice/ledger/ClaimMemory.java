package dev.sluice.ledger;

import org.jspecify.annotations.Nullable;

/**
 * The entries of the events that this writer has finished last. Asking it saves the request that
 * would find the same entry in the ledger; what the entry means for a write is decided as ever.
 *
 * <p>Only entries whose effects this writer has seen durable may be put in. An entry that is merely
 * claimed can still be released, by any process, for a corrected event to enter under its id; one
 * that has taken effect stands until it expires.
 *
 * <p>An array in buckets of a few places, each with the most recently used in front: it takes no
 * memory for an entry but what the entry takes. Since some buckets fill before others do, it
 * forgets some entries before it is full. Pure; not safe for use by several threads.
 */
public final class ClaimMemory {
  /**
   * An entry counts as expired this much early, so that no other process can have taken it over by
   * a clock that is ahead.
   */
  static final long MARGIN_SECONDS = 60;

  private static final int MOST_PLACES = 8;

  private final int places;
  private final int buckets;
  private final @Nullable LedgerEntry[] entries;
  private final long[] expireAt;
  // Looked at first, so that the entries need not be fetched.
  private final int[] hashes;

  /**
   * Creates the memory.
   *
   * @param max how many entries it keeps at most; 0 for none
   */
  public ClaimMemory(int max) {
    this.places = Math.min(max, MOST_PLACES);
    this.buckets = places == 0 ? 0 : max / places;
    this.entries = new @Nullable LedgerEntry[buckets * places];
    this.expireAt = new long[entries.length];
    this.hashes = new int[entries.length];
  }

  /**
   * Puts in an entry whose effects are durable.
   *
   * @param entry the entry as it stands in the ledger
   * @param entryExpireAt when it expires, in epoch seconds
   */
  public void remember(LedgerEntry entry, long entryExpireAt) {
    if (buckets == 0) {
      return;
    }
    int first = bucket(entry.id());
    int at = indexOf(first, entry.id());
    bringToFront(first, at < 0 ? first + places - 1 : at, entry, entryExpireAt);
  }

  /**
   * Looks an event up.
   *
   * @param id scope and event id
   * @param nowSeconds the time in epoch seconds
   * @return the entry that stands, or null if that has to be asked for
   */
  public @Nullable LedgerEntry find(String id, long nowSeconds) {
    if (buckets == 0) {
      return null;
    }
    int first = bucket(id);
    int at = indexOf(first, id);
    LedgerEntry entry = at < 0 ? null : entries[at];
    if (entry == null) {
      return null;
    }
    if (expireAt[at] - MARGIN_SECONDS <= nowSeconds) {
      entries[at] = null;
      return null;
    }
    bringToFront(first, at, entry, expireAt[at]);
    return entry;
  }

  /**
   * When an entry that was just found expires.
   *
   * @param id scope and event id
   * @return in epoch seconds
   */
  public long expireAt(String id) {
    return expireAt[indexOf(bucket(id), id)];
  }

  /**
   * Forgets an event whose claim is released.
   *
   * @param id scope and event id
   */
  public void forget(String id) {
    int at = buckets == 0 ? -1 : indexOf(bucket(id), id);
    if (at >= 0) {
      entries[at] = null;
    }
  }

  /** {@return the number of entries it holds} */
  public int size() {
    int size = 0;
    for (LedgerEntry entry : entries) {
      size += entry == null ? 0 : 1;
    }
    return size;
  }

  private int bucket(String id) {
    // Spread, since ids of one form have hash codes of one form.
    return Math.floorMod(id.hashCode() * 0x9E3779B9, buckets) * places;
  }

  private int indexOf(int first, String id) {
    int hash = id.hashCode();
    for (int i = first; i < first + places; i++) {
      if (hashes[i] == hash) {
        LedgerEntry entry = entries[i];
        if (entry != null && entry.id().equals(id)) {
          return i;
        }
      }
    }
    return -1;
  }

  private void bringToFront(int first, int from, LedgerEntry entry, long entryExpireAt) {
    System.arraycopy(entries, first, entries, first + 1, from - first);
    System.arraycopy(expireAt, first, expireAt, first + 1, from - first);
    System.arraycopy(hashes, first, hashes, first + 1, from - first);
    entries[first] = entry;
    hashes[first] = entry.id().hashCode();
    expireAt[first] = entryExpireAt;
  }
}
