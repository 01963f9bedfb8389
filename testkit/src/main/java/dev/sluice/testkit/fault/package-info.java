/**
 * What a network and a loaded service do to DynamoDB requests, on demand: see {@link
 * dev.sluice.testkit.fault.FaultyHttpClient}.
 */
@NullMarked
package dev.sluice.testkit.fault;

import org.jspecify.annotations.NullMarked;
