/** Read and write units, and what happens when a table runs out of them. */
@NullMarked
package dev.sluice.testkit.simulated.throughput;

import org.jspecify.annotations.NullMarked;
