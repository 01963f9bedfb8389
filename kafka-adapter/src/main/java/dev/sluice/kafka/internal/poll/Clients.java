package dev.sluice.kafka.internal.poll;

import dev.sluice.kafka.internal.settings.TopicCheck;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Kafka clients that a loop works with, and closes.
 *
 * @param consumer of the source topics
 * @param letters the producer of dead letters, or null if there is no topic for them
 */
record Clients(Consumer<byte[], byte[]> consumer, @Nullable LetterProducer letters) {
  private static final Logger log = LoggerFactory.getLogger(Clients.class);
  private static final int LOOKUPS = 20;

  /** Makes the clients and checks that the topics are there. */
  static Clients open(Wiring wiring) {
    Consumer<byte[], byte[]> consumer = wiring.consumer().get();
    LetterProducer letters = null;
    try {
      wiring
          .subscription()
          .topics()
          .names()
          .forEach(t -> TopicCheck.require("Topic", t, consumer::partitionsFor));
      wiring
          .shared()
          .compaction()
          .look(
              wiring.subscription().topics().names(),
              wiring.environment().clocks().steady().instant());
      String deadLetterTopic = wiring.deadLetters().topic();
      if (deadLetterTopic != null) {
        letters = new LetterProducer(wiring.deadLetters().producer());
        TopicCheck.require(
            "Dead-letter topic",
            deadLetterTopic,
            wiring.deadLetters().ownCluster()
                ? patiently(letters.current())
                : consumer::partitionsFor);
      }
      return new Clients(consumer, letters);
    } catch (RuntimeException | Error e) {
      new Clients(consumer, letters).close(() -> Duration.ZERO);
      throw e;
    }
  }

  /** The producer's own patience is short for the polling thread's sake, shorter than a connect. */
  private static Function<String, List<PartitionInfo>> patiently(Producer<?, ?> producer) {
    return topic -> {
      for (int left = LOOKUPS; ; left--) {
        try {
          return producer.partitionsFor(topic);
        } catch (TimeoutException e) {
          if (left == 0) {
            throw e;
          }
        }
      }
    };
  }

  /** Closes both, whatever happens. */
  void close(Supplier<Duration> left) {
    close(left, new CloseInterrupter());
  }

  /** Closes both, whatever happens, and gives up waiting when patience is lost. */
  void close(Supplier<Duration> left, CloseInterrupter interrupter) {
    interrupter.during(() -> close(() -> consumer.close(CloseOptions.timeout(left.get()))));
    if (letters != null) {
      interrupter.during(() -> letters.close(left.get()));
    }
  }

  private static void close(Runnable close) {
    try {
      close.run();
    } catch (RuntimeException | LinkageError e) {
      log.warn("A Kafka client did not close well: {}", e.toString());
    }
  }
}
