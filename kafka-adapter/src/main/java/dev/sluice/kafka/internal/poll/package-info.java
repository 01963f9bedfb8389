/** The poll loop, the only user of the Kafka consumer; internal. */
@NullMarked
package dev.sluice.kafka.internal.poll;

import org.jspecify.annotations.NullMarked;
