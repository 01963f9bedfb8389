/** Benchmarks of the pure parts, each beside the plainest thing that does the same. */
@NullMarked
package dev.sluice.benchmarks;

import org.jspecify.annotations.NullMarked;
