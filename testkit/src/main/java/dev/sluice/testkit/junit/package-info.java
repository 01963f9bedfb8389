/** The embedded servers as parameters of JUnit tests. */
@NullMarked
package dev.sluice.testkit.junit;

import org.jspecify.annotations.NullMarked;
