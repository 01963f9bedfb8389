/**
 * The real poll loop over the real writer in virtual time, under a seed: processes that share a
 * simulated log, group, dead-letter topic and tables, with everything going wrong that may. What
 * must hold is read from the tables, the dead letters and the committed offsets alone.
 */
package dev.sluice.kafka.simulation;
