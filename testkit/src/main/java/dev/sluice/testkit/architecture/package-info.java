/** Measures of the code's own shape, for the architecture tests of the modules. */
@NullMarked
package dev.sluice.testkit.architecture;

import org.jspecify.annotations.NullMarked;
