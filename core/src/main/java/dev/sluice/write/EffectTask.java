package dev.sluice.write;

import dev.sluice.item.PrimaryKey;
import dev.sluice.model.Suffix;
import dev.sluice.request.EffectRequest;
import dev.sluice.request.Failure;
import dev.sluice.shard.PhysicalKey;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** One effect of a pending write, on its way. Belongs to the loop. */
final class EffectTask extends KeyFence.Ticket {

  /** Where an effect is. */
  enum Stage {
    /** In its key's line, its claim not answered or others before it. */
    WAITING,
    /** At the head of its line: gathered, under way or between attempts. */
    OUT,
    /** Durable. */
    APPLIED,
    /** A newer version of its item stands. */
    SUPERSEDED,
    /** Given up. */
    FAILED
  }

  /** The write; set by itself as soon as it is there. */
  @SuppressWarnings("NullAway.Init")
  PendingWrite owner;

  final EffectPlan plan;

  private Suffix suffix = Suffix.NONE;
  private PrimaryKey key;
  boolean claimed;
  private Stage stage = Stage.WAITING;
  boolean inFlight;

  /** How the attempts at it have failed, or null if none has. */
  @Nullable FailedAttempts attempts;

  private @Nullable Failure failure;

  EffectTask(EffectPlan plan) {
    this.plan = plan;
    this.key = plan.key();
  }

  /** Puts the effect on a shard. */
  void place(Suffix newSuffix) {
    suffix = newSuffix;
    key = newSuffix.isNone() ? plan.key() : plan.key().withPartition(partition(newSuffix));
  }

  EffectRequest.Kind kind() {
    return plan.kind();
  }

  TableRoute route() {
    return plan.route();
  }

  Suffix suffix() {
    return suffix;
  }

  PrimaryKey key() {
    return key;
  }

  /**
   * The partition key that counts for a range of keys.
   *
   * @param range 0 for the table itself, then its indexes
   * @return the key, or null if it is not in that index, or not known to be
   */
  @Nullable Object partitionKey(int range) {
    return range == 0 ? key.partition() : plan.indexKeys().get(range - 1);
  }

  /** What goes over the wire. */
  EffectRequest request() {
    if (suffix.isNone()) {
      return new EffectRequest(route().table(), kind(), key, plan.item(), plan.update());
    }
    Map<String, AttributeValue> item = new HashMap<>(plan.item());
    item.put(route().table().partitionKey(), partition(suffix));
    return new EffectRequest(route().table(), kind(), key, item, plan.update());
  }

  private AttributeValue partition(Suffix of) {
    AttributeValue logical = plan.item().get(route().table().partitionKey());
    if (logical == null) {
      throw new IllegalStateException("An effect lost its partition key after it was checked.");
    }
    return PhysicalKey.join(logical, of);
  }

  /** An attempt has failed. */
  void failed(Failure why, long now) {
    attempts = FailedAttempts.add(attempts, why, now);
  }

  Stage stage() {
    return stage;
  }

  /** Moves the effect on; what has ended stays as it is. */
  void to(Stage next) {
    if (hasEnded() || next.compareTo(stage) <= 0) {
      throw new IllegalStateException("An effect that is " + stage + " cannot become " + next);
    }
    stage = next;
  }

  /** Gives the effect up; without a failure, it was still waiting its turn. */
  void fail(@Nullable Failure why) {
    to(Stage.FAILED);
    failure = why;
  }

  /** {@return why it was given up, or null} */
  @Nullable Failure failure() {
    return failure;
  }

  boolean hasEnded() {
    return stage != Stage.WAITING && stage != Stage.OUT;
  }

  @Override
  long sequence() {
    return owner.sequence;
  }

  @Override
  boolean isOut() {
    return stage == Stage.OUT;
  }

  @Override
  PrimaryKey knownAs() {
    return plan.key();
  }

  @Override
  long bytes() {
    return plan.size().heap();
  }
}
