package dev.sluice.read;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Where to go on with a shard.
 *
 * @param done whether it has been read to its end
 * @param after the sort key after which to go on, or null to begin; null if done
 */
record Position(boolean done, @Nullable AttributeValue after) {
  static final Position START = new Position(false, null);
  static final Position DONE = new Position(true, null);

  static Position after(AttributeValue sortKey) {
    return new Position(false, sortKey);
  }
}
