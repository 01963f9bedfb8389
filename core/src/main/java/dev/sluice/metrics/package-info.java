/** What the writer tells of its work. */
@NullMarked
package dev.sluice.metrics;

import org.jspecify.annotations.NullMarked;
