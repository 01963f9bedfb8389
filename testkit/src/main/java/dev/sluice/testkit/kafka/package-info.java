/** A real Kafka broker in this JVM, with what tests of consumers need around it. */
@NullMarked
package dev.sluice.testkit.kafka;

import org.jspecify.annotations.NullMarked;
