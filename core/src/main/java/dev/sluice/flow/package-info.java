/** How fast and how often to send. Pure. */
@NullMarked
package dev.sluice.flow;

import org.jspecify.annotations.NullMarked;
