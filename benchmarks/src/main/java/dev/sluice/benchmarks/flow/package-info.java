/** Flow control against a simulated DynamoDB in virtual time: figures and charts over time. */
@NullMarked
package dev.sluice.benchmarks.flow;

import org.jspecify.annotations.NullMarked;
