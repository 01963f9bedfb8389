/** The front for other processes: the simulated DynamoDB behind HTTP. */
@NullMarked
package dev.sluice.testkit.simulated.server;

import org.jspecify.annotations.NullMarked;
