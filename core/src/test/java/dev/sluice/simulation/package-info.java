/**
 * The real writer in virtual time, under a seed: workers over shared tables, fed from a log that
 * redelivers, with everything going wrong that may. What must hold is read from the tables alone.
 */
package dev.sluice.simulation;
