/** The simulated DynamoDB itself: pure, in memory, without threads or a clock of its own. */
@NullMarked
package dev.sluice.testkit.simulated.engine;

import org.jspecify.annotations.NullMarked;
