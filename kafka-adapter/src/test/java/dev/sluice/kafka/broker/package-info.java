/** The consumer on a real broker, over a simulated DynamoDB: groups, outages, closing. */
@NullMarked
package dev.sluice.kafka.broker;

import org.jspecify.annotations.NullMarked;
