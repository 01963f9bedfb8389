/** Spreading a hot partition key over several: the sharder and the form of sharded keys. */
@NullMarked
package dev.sluice.shard;

import org.jspecify.annotations.NullMarked;
