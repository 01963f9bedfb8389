/** The entry: a consumer that hands the records of Kafka topics to an idempotent writer. */
@NullMarked
package dev.sluice.kafka;

import org.jspecify.annotations.NullMarked;
