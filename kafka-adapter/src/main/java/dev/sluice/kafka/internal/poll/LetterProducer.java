package dev.sluice.kafka.internal.poll;

import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the producer of dead letters, and makes another one where it may have become unusable for
 * ever, as it may after a single handshake that failed (KAFKA-20237). Belongs to the polling
 * thread.
 */
final class LetterProducer {
  private static final Logger log = LoggerFactory.getLogger(LetterProducer.class);

  private final Supplier<Producer<byte[], byte[]>> factory;
  private Producer<byte[], byte[]> current;

  /** Makes the first one. */
  LetterProducer(Supplier<Producer<byte[], byte[]>> factory) {
    this.factory = factory;
    this.current = factory.get();
  }

  Producer<byte[], byte[]> current() {
    return current;
  }

  /**
   * Makes another one in place of one that has sent nothing for long. What that one has not sent
   * fails, and is sent again by the other.
   */
  void renew() {
    Producer<byte[], byte[]> next;
    try {
      next = factory.get();
    } catch (RuntimeException e) {
      log.warn("No other producer of dead letters could be made: {}", e.toString());
      return;
    }
    if (next.equals(current)) {
      // A factory of the user's own that has only one.
      return;
    }
    log.info("The producer of dead letters has sent nothing for long, and is made anew");
    Producer<byte[], byte[]> former = current;
    current = next;
    close(former, Duration.ZERO);
  }

  void close(Duration left) {
    close(current, left);
  }

  private static void close(Producer<byte[], byte[]> producer, Duration left) {
    try {
      producer.close(left);
    } catch (RuntimeException | LinkageError e) {
      log.warn("A producer of dead letters did not close well: {}", e.toString());
    }
  }
}
