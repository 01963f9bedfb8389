/** Whole pipelines from Kafka to DynamoDB side by side, all in one warm JVM, one after another. */
@NullMarked
package dev.sluice.benchmarks.pipeline;

import org.jspecify.annotations.NullMarked;
