/** Where time and bytes go, from a recording of the JDK Flight Recorder. */
@NullMarked
package dev.sluice.benchmarks.profile;

import org.jspecify.annotations.NullMarked;
