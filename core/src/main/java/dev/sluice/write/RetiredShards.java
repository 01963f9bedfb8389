package dev.sluice.write;

import dev.sluice.model.Suffix;
import dev.sluice.model.SystemException;
import dev.sluice.shard.KeySharder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps effects from keys that nobody reads any more: the ledger, or a dead letter, names a shard
 * that the table's sharder does not. A later generation than the sharder's is none of those: its
 * readers were there before its writers, and this writer is about to be replaced.
 */
final class RetiredShards {
  private static final String CODE = "RetiredShard";

  private RetiredShards() {}

  /**
   * Why effects cannot go where they are to go.
   *
   * @param effects the effects
   * @param recorded the suffix of each
   * @return what to tell the caller, or null if each shard is read
   */
  static @Nullable SystemException refusal(List<EffectTask> effects, List<Suffix> recorded) {
    for (int i = 0; i < recorded.size(); i++) {
      KeySharder sharder = effects.get(i).route().sharder();
      if (!isRead(sharder, recorded.get(i))) {
        return refusal(effects.get(i).route().table().name(), sharder, recorded.get(i));
      }
    }
    return null;
  }

  private static boolean isRead(KeySharder sharder, Suffix suffix) {
    boolean later = sharder.generation() >= 0 && suffix.generation() > sharder.generation();
    return later || sharder.reads(suffix);
  }

  private static SystemException refusal(String table, KeySharder sharder, Suffix suffix) {
    return new SystemException(
        "An event's effect belongs "
            + (suffix.isNone() ? "under the bare key" : "on the shard " + suffix)
            + " of the table '"
            + table
            + "', where "
            + sharder
            + " does not read. Nothing was written. "
            + remedy(sharder, suffix)
            + " Drop an earlier sharder from the writers only when no record claimed under it can"
            + " come again, and from the readers last.",
        CODE,
        null);
  }

  private static String remedy(KeySharder sharder, Suffix suffix) {
    String earlier =
        suffix.isNone()
            ? "KeySharder.none()"
            : "the sharder of generation "
                + suffix.generation()
                + ", which has at least "
                + (suffix.shard() + 1)
                + " shards";
    return sharder.generation() == suffix.generation()
        ? "Give the table " + earlier + ", or another generation .after(…) it; the readers too."
        : "Give the table's sharder .after(…) with " + earlier + "; the readers too.";
  }
}
