package dev.sluice.write;

import dev.sluice.model.Suffix;
import dev.sluice.model.SystemException;
import dev.sluice.shard.KeySharder;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps effects from keys that nobody reads any more: the ledger, or a dead letter, names a shard
 * that the table's sharder does not. A later generation than the sharder's is none of those: its
 * readers were there before its writers, and this writer is about to be replaced. It is warned of
 * once for each table. Belongs to the loop, but for its static method.
 */
final class RetiredShards {
  private static final Logger LOG = LoggerFactory.getLogger(RetiredShards.class);
  private static final String CODE = "RetiredShard";

  private final Set<String> told = new HashSet<>();

  /**
   * Why effects cannot go where the ledger says; warns of those that go to a later generation.
   *
   * @param effects the effects
   * @param recorded the suffix of each
   * @return what to tell the caller, or null if each may go
   */
  @Nullable SystemException check(List<EffectTask> effects, List<Suffix> recorded) {
    SystemException rejection = rejection(effects, recorded);
    for (int i = 0; rejection == null && i < recorded.size(); i++) {
      TableRoute route = effects.get(i).route();
      if (isLater(route.sharder(), recorded.get(i)) && told.add(route.table().name())) {
        LOG.warn(
            "Table {}: the ledger puts effects on shards of generation {}, later than {}, which"
                + " this writer was given. They are written there. Give this writer, and all"
                + " readers, the later sharder.",
            route.table().name(),
            recorded.get(i).generation(),
            route.sharder());
      }
    }
    return rejection;
  }

  /**
   * Why effects cannot go where they are to go.
   *
   * @param effects the effects
   * @param recorded the suffix of each
   * @return what to tell the caller, or null if each may go
   */
  static @Nullable SystemException rejection(List<EffectTask> effects, List<Suffix> recorded) {
    for (int i = 0; i < recorded.size(); i++) {
      KeySharder sharder = effects.get(i).route().sharder();
      if (!isRead(sharder, recorded.get(i))) {
        return rejection(effects.get(i).route().table().name(), sharder, recorded.get(i));
      }
    }
    return null;
  }

  private static boolean isRead(KeySharder sharder, Suffix suffix) {
    return isLater(sharder, suffix) || sharder.reads(suffix);
  }

  private static boolean isLater(KeySharder sharder, Suffix suffix) {
    return !sharder.reads(suffix)
        && sharder.generation() >= 0
        && suffix.generation() > sharder.generation();
  }

  private static SystemException rejection(String table, KeySharder sharder, Suffix suffix) {
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
