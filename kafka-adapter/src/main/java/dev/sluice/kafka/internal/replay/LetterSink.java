package dev.sluice.kafka.internal.replay;

import dev.sluice.kafka.internal.deadletter.DeadLetter;
import dev.sluice.kafka.internal.deadletter.DeadLetterCodec;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** Puts dead letters back at the end of their topic. */
final class LetterSink {
  private final Producer<byte[], byte[]> producer;
  private final String topic;

  LetterSink(Producer<byte[], byte[]> producer, String topic) {
    this.producer = producer;
    this.topic = topic;
  }

  /**
   * Sends one, and waits until it is acknowledged. One at a time: had others gone ahead of one that
   * is not taken, they would be in the topic, and yet the position could not move past them.
   *
   * @throws InterruptException if the thread is interrupted; whether it is back is not known
   * @throws KafkaException the failure, if it is not acknowledged
   */
  void putBack(DeadLetter letter) {
    Future<?> sent = producer.send(DeadLetterCodec.encode(letter, topic));
    producer.flush();
    try {
      sent.get();
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException failure
          ? failure
          : new KafkaException(e.getCause());
    }
  }
}
