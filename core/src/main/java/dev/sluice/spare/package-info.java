/** Objects that are kept for their next use, apart from threads. */
@NullMarked
package dev.sluice.spare;

import org.jspecify.annotations.NullMarked;
