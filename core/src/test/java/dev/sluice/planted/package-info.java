/**
 * The oracle, proven: bugs planted in a copy of the sources, each of which the simulation must
 * catch.
 */
package dev.sluice.planted;
