package dev.sluice.ledger;

import dev.sluice.model.Fingerprint;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger holds, or shall hold, of one event: who owns the claim and how its effects were
 * to be made. It does not change until it expires or is released.
 *
 * @param id scope and event id
 * @param source the position of the record that claimed it
 * @param mode the mode under which it was claimed
 * @param keys fingerprint of the effects' kinds and logical keys
 * @param suffixes the suffix of each effect, {@link Suffix#NONE} included
 * @param hash fingerprint of the content, or null if none was named
 */
public record LedgerEntry(
    String id,
    SourcePosition source,
    Mode mode,
    Fingerprint keys,
    List<Suffix> suffixes,
    @Nullable Fingerprint hash) {

  /** The modes that keep entries. */
  public enum Mode {
    /** Claim first, then effects; a replay applies them again. */
    LEDGER,
    /** Claim and effects in one; what stands is applied. */
    TRANSACTIONAL
  }

  /**
   * Whether this is the same write as another: same source, same effects, same content.
   *
   * @param other the other
   * @return whether they are the same, taking content that was not named as the same
   */
  public boolean isSameWriteAs(LedgerEntry other) {
    return source.equals(other.source) && isSameMapping(other) && isSameContent(other);
  }

  boolean isSameMapping(LedgerEntry other) {
    return mode == other.mode
        && keys.equals(other.keys)
        && suffixes.size() == other.suffixes.size();
  }

  boolean isSameContent(LedgerEntry other) {
    return hash == null || other.hash == null || hash.equals(other.hash);
  }
}
