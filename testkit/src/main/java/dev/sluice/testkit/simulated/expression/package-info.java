/** Condition, key and update expressions and PartiQL statements: read once, then evaluated. */
@NullMarked
package dev.sluice.testkit.simulated.expression;

import org.jspecify.annotations.NullMarked;
