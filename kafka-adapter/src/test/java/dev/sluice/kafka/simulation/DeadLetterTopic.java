package dev.sluice.kafka.simulation;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The dead-letter topic, which is not always well, and the producers that write to it. */
final class DeadLetterTopic {
  static final String NAME = "dead-letters";

  /** What is wrong with it at times. */
  enum Trouble {
    NONE,
    REFUSES_LATER,
    REFUSES_AT_ONCE,
    THROWS,
    SIZE,
    SLOW,
    ACK_LOST
  }

  private final Simulation simulation;
  private final RandomGenerator random;
  private Trouble trouble = Trouble.NONE;
  private long length;

  DeadLetterTopic(Simulation simulation) {
    this.simulation = simulation;
    this.random = simulation.time().random();
  }

  void trouble(Trouble what) {
    trouble = what;
  }

  MockProducer<byte[], byte[]> producer(SimulatedProcess process) {
    return new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()) {
      @Override
      public synchronized Future<RecordMetadata> send(
          ProducerRecord<byte[], byte[]> letter, Callback callback) {
        var headers = new RecordHeaders();
        letter.headers().forEach(each -> headers.add(each.key(), Entry.copy(each.value())));
        var sent =
            new ProducerRecord<>(
                letter.topic(),
                letter.partition(),
                letter.timestamp(),
                Entry.copy(letter.key()),
                Entry.copy(letter.value()),
                headers);
        // As an interceptor may, which has seen it before it is sent.
        Entry.spoil(letter.key(), letter.value(), letter.headers());
        simulation.counts().add(Fault.DEAD_LETTER_CHANGED);
        return new Sending(process, sent, callback).start();
      }
    };
  }

  private final class Sending {
    private final SimulatedProcess process;
    private final ProducerRecord<byte[], byte[]> letter;
    private final Callback callback;
    private final CompletableFuture<RecordMetadata> sent = new CompletableFuture<>();

    Sending(SimulatedProcess process, ProducerRecord<byte[], byte[]> letter, Callback callback) {
      this.process = process;
      this.letter = letter;
      this.callback = callback;
    }

    Future<RecordMetadata> start() {
      if (simulation.isBrokerDown()) {
        later(2_000, () -> answer(new TimeoutException("no answer")));
        return sent;
      }
      switch (trouble) {
        case NONE -> later(50, this::append);
        case SLOW -> {
          count(Fault.DEAD_LETTER_SLOW);
          later(15_000, this::append);
        }
        case REFUSES_LATER -> {
          count(Fault.DEAD_LETTERS_NOT_TAKEN);
          later(2_000, () -> answer(new TimeoutException("no answer")));
        }
        case REFUSES_AT_ONCE -> {
          count(Fault.DEAD_LETTERS_NOT_TAKEN);
          answer(new TimeoutException("no metadata"));
        }
        case THROWS -> {
          count(Fault.DEAD_LETTER_THREW);
          throw new KafkaException("the producer does not work");
        }
        case SIZE -> {
          if (simulation.entryOf(letter).large) {
            count(Fault.DEAD_LETTER_TOO_LARGE);
            answer(new RecordTooLargeException("too large"));
          } else {
            later(50, this::append);
          }
        }
        case ACK_LOST -> {
          count(Fault.DEAD_LETTER_ACK_LOST);
          later(
              500,
              () -> {
                land();
                answer(new TimeoutException("no answer"));
              });
        }
      }
      return sent;
    }

    private void append() {
      land();
      answer(null);
    }

    private void land() {
      length++;
      simulation.trace(process, () -> "dead letter for " + simulation.entryOf(letter));
      simulation.checks().deadLettered(letter);
    }

    private void answer(Exception refusal) {
      if (refusal == null) {
        RecordMetadata metadata =
            new RecordMetadata(new TopicPartition(NAME, 0), length, 0, 0, 0, 0);
        sent.complete(metadata);
        callback.onCompletion(metadata, null);
      } else {
        sent.completeExceptionally(refusal);
        callback.onCompletion(null, refusal);
      }
      process.mail();
    }

    /** Within so many milliseconds, unless the process has died: then perhaps it lands. */
    private void later(int atMostMillis, Runnable step) {
      simulation.later(
          1 + random.nextInt(atMostMillis),
          () -> {
            if (!process.isDead()) {
              step.run();
            }
          });
    }

    private void count(Fault fault) {
      simulation.counts().add(fault);
    }
  }
}
