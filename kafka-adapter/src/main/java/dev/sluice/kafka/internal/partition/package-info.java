/**
 * Keeps the state of each assigned partition: its open records, the order of its keys, its offsets.
 */
@NullMarked
package dev.sluice.kafka.internal.partition;

import org.jspecify.annotations.NullMarked;
