package dev.sluice.read;

import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * An item that was read.
 *
 * @param shard the place of its shard among the shards
 * @param sortKey its sort key
 * @param key the same, as {@link SortOrder} compares it
 * @param item the item
 */
record Entry(int shard, AttributeValue sortKey, Object key, Map<String, AttributeValue> item) {}
