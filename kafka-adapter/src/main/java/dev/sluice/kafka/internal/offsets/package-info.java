/** Which offset may be committed when records end out of order; internal. */
@NullMarked
package dev.sluice.kafka.internal.offsets;

import org.jspecify.annotations.NullMarked;
