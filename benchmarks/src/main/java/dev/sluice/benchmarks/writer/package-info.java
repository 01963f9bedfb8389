/**
 * What the writer costs beside the SDK: the client's CPU per event against a simulated service in a
 * process of its own, and the loop by itself.
 */
@NullMarked
package dev.sluice.benchmarks.writer;

import org.jspecify.annotations.NullMarked;
