/** Records that cannot be written: how they look in the dead-letter topic. */
@NullMarked
package dev.sluice.kafka.internal.deadletter;

import org.jspecify.annotations.NullMarked;
