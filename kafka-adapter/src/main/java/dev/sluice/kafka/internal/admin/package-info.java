/**
 * Asks brokers about topics: their ids, and how they clean up. Each question has a time limit and a
 * default.
 */
@NullMarked
package dev.sluice.kafka.internal.admin;

import org.jspecify.annotations.NullMarked;
