/** Reduces what is logged of an exception to what quotes no record. */
@NullMarked
package dev.sluice.kafka.internal.log;

import org.jspecify.annotations.NullMarked;
