package dev.sluice.write;

import dev.sluice.item.TableWithKeys;
import dev.sluice.request.EffectBatch;
import dev.sluice.request.EffectRead;
import dev.sluice.request.EffectRequest;
import dev.sluice.request.KeySchemaRead;
import dev.sluice.shard.KeySharder;

/**
 * A declared table: its keys, how its partition keys are sharded, and the operations that write it.
 *
 * @param table its keys
 * @param sharder how its partition keys are sharded
 * @param creates sends creates
 * @param writes sends puts and deletes
 * @param versioned sends versioned puts and tombstones, one at a time
 * @param reads looks for effects that were rejected
 * @param keys shows whether the table has the same keys still
 */
public record TableRoute(
    TableWithKeys table,
    KeySharder sharder,
    EffectBatch creates,
    EffectBatch writes,
    EffectBatch versioned,
    EffectRead reads,
    KeySchemaRead keys) {

  /** The operation that makes effects of a kind. */
  EffectBatch operation(EffectRequest.Kind kind) {
    return switch (kind) {
      case CREATE -> creates;
      case PUT, DELETE -> writes;
      case PUT_IF_NEWER -> versioned;
      case UPDATE -> throw new IllegalStateException("An update goes in a transaction only.");
    };
  }

  /** {@return how much longer a suffix can make a partition key, in bytes} */
  int suffixBytes() {
    return sharder.maxSuffixBytes();
  }
}
