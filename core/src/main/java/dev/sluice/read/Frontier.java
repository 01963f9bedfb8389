package dev.sluice.read;

import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The place of the last item that was handed out: nothing at or before it is handed out again.
 *
 * @param shard the place of its shard among the shards
 * @param sortKey its sort key
 */
record Frontier(int shard, AttributeValue sortKey) {}
