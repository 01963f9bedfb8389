/** Reading a sharded table: all shards of a logical key, merged in the order of the sort key. */
@NullMarked
package dev.sluice.read;

import org.jspecify.annotations.NullMarked;
