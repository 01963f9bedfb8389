/** The SDK's client, set alike for all that is measured. */
@NullMarked
package dev.sluice.benchmarks.client;

import org.jspecify.annotations.NullMarked;
