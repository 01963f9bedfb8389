package dev.sluice.ledger;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The entries of the events that this writer has finished last. Asking it saves the request that
 * would find the same entry in the ledger; what the entry means for a write is decided as ever.
 *
 * <p>Only entries whose effects this writer has seen durable may be put in. An entry that is merely
 * claimed can still be released, by any process, for a corrected event to enter under its id; one
 * that has taken effect stands until it expires. Pure; not safe for use by several threads.
 */
public final class ClaimMemory {
  /**
   * An entry counts as expired this much early, so that no other process can have taken it over by
   * a clock that is ahead.
   */
  static final long MARGIN_SECONDS = 60;

  /**
   * What is remembered of an event.
   *
   * @param entry the entry that stands
   * @param expireAt when it expires, in epoch seconds
   */
  public record Remembered(LedgerEntry entry, long expireAt) {}

  private final Map<String, Remembered> entries;
  private final int max;

  /**
   * Creates the memory.
   *
   * @param max how many entries it keeps, the least recently used going first; 0 for none
   */
  public ClaimMemory(int max) {
    this.max = max;
    this.entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Remembered> eldest) {
            return size() > ClaimMemory.this.max;
          }
        };
  }

  /**
   * Puts in an entry whose effects are durable.
   *
   * @param entry the entry as it stands in the ledger
   * @param expireAt when it expires, in epoch seconds
   */
  public void remember(LedgerEntry entry, long expireAt) {
    if (max > 0) {
      entries.put(entry.id(), new Remembered(entry, expireAt));
    }
  }

  /**
   * Looks an event up.
   *
   * @param id scope and event id
   * @param nowSeconds the time in epoch seconds
   * @return the entry that stands, or null if that has to be asked for
   */
  public @Nullable Remembered find(String id, long nowSeconds) {
    if (entries.isEmpty()) {
      return null;
    }
    Remembered remembered = entries.get(id);
    if (remembered == null) {
      return null;
    }
    if (remembered.expireAt - MARGIN_SECONDS <= nowSeconds) {
      entries.remove(id);
      return null;
    }
    return remembered;
  }

  /**
   * Forgets an event whose claim is released.
   *
   * @param id scope and event id
   */
  public void forget(String id) {
    entries.remove(id);
  }

  /** {@return the number of entries it holds} */
  public int size() {
    return entries.size();
  }
}
