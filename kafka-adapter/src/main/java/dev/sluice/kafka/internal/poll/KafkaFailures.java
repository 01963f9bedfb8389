package dev.sluice.kafka.internal.poll;

import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.errors.FencedMemberEpochException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.UnknownMemberIdException;

/**
 * Tells failures that a member of a group meets while the group moves on: the next poll rejoins it
 * and says what is still owned. Under the {@code consumer} protocol the client hands on what the
 * coordinator said of the member's epoch, where it says {@link CommitFailedException} otherwise.
 */
final class KafkaFailures {
  private KafkaFailures() {}

  /** {@return whether the next poll mends it} */
  static boolean mends(Exception failure) {
    return failure instanceof RebalanceInProgressException
        || failure instanceof CommitFailedException
        || failure instanceof StaleMemberEpochException
        || failure instanceof UnknownMemberIdException
        || failure instanceof FencedMemberEpochException;
  }
}
