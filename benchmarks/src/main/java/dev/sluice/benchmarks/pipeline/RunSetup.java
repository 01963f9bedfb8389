package dev.sluice.benchmarks.pipeline;

import java.net.URI;

/**
 * Where a pipeline runs.
 *
 * @param contender which pipeline
 * @param endpoint the simulated DynamoDB
 * @param bootstrapServers the broker
 * @param topic what to read
 * @param group as which group
 * @param instances Kafka consumers
 * @param inFlight requests under way at most, of all instances together
 */
record RunSetup(
    Contender contender,
    URI endpoint,
    String bootstrapServers,
    String topic,
    String group,
    int instances,
    int inFlight) {}
