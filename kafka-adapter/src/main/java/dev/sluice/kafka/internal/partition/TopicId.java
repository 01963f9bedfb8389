package dev.sluice.kafka.internal.partition;

import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Which of the topics that have had a name an offset belongs to: one that is deleted and created
 * again has another id. It is kept in the metadata of what is committed.
 *
 * @param cluster the id of the cluster, since offsets may be copied to another one
 * @param topic the id of the topic
 */
public record TopicId(String cluster, Uuid topic) {
  private static final String MARK = "sluice.topic=";

  /** {@return the text that is committed} */
  public String metadata() {
    return MARK + cluster + ':' + topic;
  }

  /**
   * Reads what was committed.
   *
   * @param metadata of a committed offset, perhaps by another tool or an older version
   * @return the topic that it names, or null if it names none
   */
  public static @Nullable TopicId of(@Nullable String metadata) {
    if (metadata == null || !metadata.startsWith(MARK)) {
      return null;
    }
    int colon = metadata.lastIndexOf(':');
    if (colon < MARK.length()) {
      return null;
    }
    try {
      Uuid topic = Uuid.fromString(metadata.substring(colon + 1));
      return topic.equals(Uuid.ZERO_UUID)
          ? null
          : new TopicId(metadata.substring(MARK.length(), colon), topic);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Whether another topic has the name now. Of another cluster nothing can be said. */
  public boolean wasReplacedBy(TopicId now) {
    return cluster.equals(now.cluster) && !topic.equals(now.topic);
  }
}
