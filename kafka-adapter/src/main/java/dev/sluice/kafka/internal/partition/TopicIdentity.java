package dev.sluice.kafka.internal.partition;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which topic the offsets of a partition belong to, in one epoch: by what is committed, and by what
 * the brokers say. Not thread-safe.
 */
public final class TopicIdentity {
  /** What the offsets belong to; null is unknown, and trusted. */
  private @Nullable TopicId topic;

  /** What the committed offset says. */
  private @Nullable TopicId committed;

  /** What the brokers said last. */
  private @Nullable TopicId seen;

  private boolean trusted;

  /** Until when an answer is waited for. */
  public @Nullable Instant interrupter;

  /** Whether the brokers were asked since the epoch began. */
  public boolean asked;

  /** What is committed belongs to this. */
  void belongsTo(@Nullable TopicId named) {
    topic = named;
    trusted = false;
  }

  /** The brokers say that this has the name now. */
  public void see(TopicId now) {
    seen = now;
  }

  /** What the brokers said last, or null. */
  public @Nullable TopicId seen() {
    return seen;
  }

  /** The answer does not come: the offsets are taken for what they seem. */
  public void trust() {
    trusted = true;
  }

  /** Whether records may be dispatched, as far as topics go. */
  public boolean isTrusted() {
    return topic == null || trusted;
  }

  /** What has the name now, if that is not what the offsets belong to; else null. */
  public @Nullable TopicId replacement() {
    return topic != null && seen != null && topic.wasReplacedBy(seen) ? seen : null;
  }

  /** The offsets belong to what has the name now. */
  public void settle() {
    if (seen != null) {
      topic = seen;
      trusted = true;
    }
  }

  /** What is committed with the offsets. */
  public @Nullable TopicId topic() {
    return topic;
  }

  void committed(@Nullable TopicId named) {
    committed = named;
  }

  boolean isToBeCommitted() {
    return topic != null && !Objects.equals(topic, committed);
  }

  /** The next epoch asks anew: a log that went back may be another topic's. */
  void goesOnFrom(TopicIdentity former) {
    topic = former.topic;
    committed = former.committed;
    seen = former.seen;
    trusted = former.trusted;
  }
}
