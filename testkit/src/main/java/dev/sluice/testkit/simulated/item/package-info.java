/** Values, keys, sizes and their order, by DynamoDB's rules. */
@NullMarked
package dev.sluice.testkit.simulated.item;

import org.jspecify.annotations.NullMarked;
