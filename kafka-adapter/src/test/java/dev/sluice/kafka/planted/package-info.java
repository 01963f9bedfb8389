/**
 * The oracle, proven: bugs planted in a copy of the adapter's sources, each of which the simulation
 * must catch.
 */
package dev.sluice.kafka.planted;
