/** The front for virtual time: an SDK client over the simulated DynamoDB, with every mishap. */
@NullMarked
package dev.sluice.testkit.simulated.client;

import org.jspecify.annotations.NullMarked;
