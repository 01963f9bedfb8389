package dev.sluice.write;

import dev.sluice.item.KeyedTable;
import dev.sluice.request.EffectBatch;
import dev.sluice.shard.KeySharder;

/**
 * A declared table: its keys, how its partition keys are sharded, and the operations that write it.
 *
 * @param table its keys
 * @param sharder how its partition keys are sharded
 * @param creates sends creates
 * @param writes sends puts and deletes
 */
public record TableRoute(
    KeyedTable table, KeySharder sharder, EffectBatch creates, EffectBatch writes) {

  /** {@return how much longer a suffix can make a partition key, in bytes} */
  int suffixBytes() {
    return sharder.isNone() ? 0 : ("#0." + (sharder.shards() - 1)).length();
  }
}
