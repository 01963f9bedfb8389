/** The errors that the simulated DynamoDB answers with, as the SDK gives them. */
@NullMarked
package dev.sluice.testkit.simulated.error;

import org.jspecify.annotations.NullMarked;
