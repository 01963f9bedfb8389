/** Many runs of a simulation under seeds: what went wrong in them, and a record of them. */
@NullMarked
package dev.sluice.testkit.seeds;

import org.jspecify.annotations.NullMarked;
