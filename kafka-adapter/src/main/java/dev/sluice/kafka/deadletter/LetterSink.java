package dev.sluice.kafka.deadletter;

import java.util.ArrayList;
import java.util.List;
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
   * Sends all, and waits until each is acknowledged.
   *
   * @throws KafkaException if one is not
   */
  void putBack(List<DeadLetter> letters) {
    List<Future<?>> sent = new ArrayList<>(letters.size());
    for (DeadLetter letter : letters) {
      sent.add(producer.send(letter.toProducerRecord(topic)));
    }
    if (!letters.isEmpty()) {
      producer.flush();
    }
    for (Future<?> each : sent) {
      try {
        each.get();
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      } catch (ExecutionException e) {
        throw new KafkaException("Dead letters could not be put back into " + topic, e.getCause());
      }
    }
  }
}
