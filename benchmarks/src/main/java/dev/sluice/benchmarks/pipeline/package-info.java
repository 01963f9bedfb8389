/** Whole pipelines from Kafka to DynamoDB side by side, each in a JVM of its own. */
@NullMarked
package dev.sluice.benchmarks.pipeline;

import org.jspecify.annotations.NullMarked;
