/** Time, timers, threads and randomness that a test owns: all drawn from one seed. */
@NullMarked
package dev.sluice.testkit.time;

import org.jspecify.annotations.NullMarked;
