/** Checks and completes the settings of Kafka clients and of Sluice, once, at the start. */
@NullMarked
package dev.sluice.kafka.internal.settings;

import org.jspecify.annotations.NullMarked;
