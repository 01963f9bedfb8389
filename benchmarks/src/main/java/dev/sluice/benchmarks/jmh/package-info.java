/** Runs the JMH benchmarks and puts what they show into a folder. */
@NullMarked
package dev.sluice.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
