/** The clocks of a consumer, and how long it may still go on with something. */
@NullMarked
package dev.sluice.kafka.internal.time;

import org.jspecify.annotations.NullMarked;
