/** Writes dead letters again as the records that they were. */
@NullMarked
package dev.sluice.kafka.internal.replay;

import org.jspecify.annotations.NullMarked;
