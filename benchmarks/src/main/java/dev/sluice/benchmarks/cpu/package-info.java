/**
 * The client's CPU per event, Sluice beside the bare SDK, against a simulated service in a process
 * of its own that answers at once.
 */
@NullMarked
package dev.sluice.benchmarks.cpu;

import org.jspecify.annotations.NullMarked;
