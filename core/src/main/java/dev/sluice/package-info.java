/** The entry: {@link dev.sluice.IdempotentWriter} and its builder. */
@NullMarked
package dev.sluice;

import org.jspecify.annotations.NullMarked;
