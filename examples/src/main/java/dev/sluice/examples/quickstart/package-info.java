/** The code that the README shows. */
@NullMarked
package dev.sluice.examples.quickstart;

import org.jspecify.annotations.NullMarked;
