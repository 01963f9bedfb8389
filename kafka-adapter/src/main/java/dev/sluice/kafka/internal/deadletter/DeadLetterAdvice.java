package dev.sluice.kafka.internal.deadletter;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** What to do when a topic does not take a dead letter. */
public final class DeadLetterAdvice {
  private DeadLetterAdvice() {}

  /**
   * What to do about a dead letter that is not taken.
   *
   * @param record the record whose dead letter it is
   * @param failure what the producer failed with
   * @return a sentence that begins with a blank, or nothing
   */
  public static String advice(ConsumerRecord<byte[], byte[]> record, Throwable failure) {
    if (failure instanceof RecordTooLargeException) {
      return " Raise max.message.bytes of the topic, and max.request.size and buffer.memory in deadLetterProperties.";
    }
    if (failure instanceof InvalidRecordException) {
      return record.key() == null
          ? " It has no key, and a compacted topic takes none without: set cleanup.policy of the topic to delete."
          : " The brokers' log says why the topic takes no such record.";
    }
    return "";
  }
}
