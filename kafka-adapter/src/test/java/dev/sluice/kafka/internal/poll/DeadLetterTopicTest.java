package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static dev.sluice.kafka.internal.poll.LoopRig.P1;
import static dev.sluice.kafka.internal.poll.LoopRig.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kafka.record.ConsumerOptions.DeadLetterFailure;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.model.ConfigurationException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a dead-letter topic can do to a consumer. */
class DeadLetterTopicTest {
  private static final Duration MAX_BLOCK = Duration.ofMillis(500);
  private final LoopRig rig = new LoopRig();

  private static RuntimeException refusal(String kind) {
    return switch (kind) {
      case "absent" -> new UnknownTopicOrPartitionException("gone");
      case "no answer" -> new TimeoutException("no leader");
      case "denied" -> new TopicAuthorizationException("dead");
      case "unauthenticated" -> new SaslAuthenticationException("bad credentials");
      case "too large" -> new RecordTooLargeException("too large");
      default -> new IllegalStateException("the producer is closed");
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"absent", "no answer", "denied", "unauthenticated", "too large", "closed"})
  void whateverTheTopicRefusesForThePartitionPausesAndNothingIsLost(String kind) {
    rig.mapper = record -> record.partition() == 0 ? Mapped.reject("r") : Mapped.write(event("e"));
    rig.started(P0, P1).receive(P0, 0);
    for (int failure = 1; failure < 5; failure++) {
      assertThat(rig.producer.errorNext(refusal(kind))).isTrue();
      rig.turns(1);
      assertThat(rig.loop.paused()).containsOnlyKeys(P0);
      rig.turns(1);
      rig.after(Duration.ofMillis(101));
      assertThat(rig.producer.history()).as("tried again, and not hot").hasSize(failure + 1);
    }
    rig.receive(P1, 0).turns(1);
    rig.writer.apply("payments/1/0");
    rig.turns(2);
    assertThat(rig.consumer.commits).containsExactly("payments-1@1");

    rig.producer.completeNext();
    rig.turns(3);
    assertThat(rig.consumer.commits).endsWith("payments-0@1");
    assertThat(rig.loop.paused()).isEmpty();
    assertThat(rig.health().deadLetters().notTakenFor()).isNull();
  }

  /** C37, KAFKA-20237: after one handshake that failed a producer may never send again. */
  @Test
  void aProducerThatSendsNothingIsMadeAnew() {
    MockProducer<byte[], byte[]> unusable =
        new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
          @Override
          public synchronized Future<RecordMetadata> send(
              ProducerRecord<byte[], byte[]> record, Callback callback) {
            callback.onCompletion(null, new SaslAuthenticationException("long ago"));
            return java.util.concurrent.CompletableFuture.failedFuture(
                new SaslAuthenticationException("long ago"));
          }
        };
    rig.slowProducer = unusable;
    rig.mapper = record -> Mapped.reject("r");
    rig.started(P0).receive(P0, 0, 1).turns(3);
    rig.slowProducer = null;
    for (int i = 0; i < 30; i++) {
      rig.after(Duration.ofSeconds(1));
    }
    assertThat(unusable.closed()).isFalse();
    for (int i = 0; i < 100; i++) {
      rig.after(Duration.ofSeconds(1));
      rig.producer.completeNext();
    }
    rig.turns(3);

    assertThat(unusable.closed()).isTrue();
    assertThat(rig.consumer.commits).endsWith("payments-0@2");
    assertThat(rig.health().deadLetters().notTakenFor()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"denied", "unauthenticated", "too large", "closed"})
  void whereOneIsToStopARefusalThatDoesNotPassStopsVisibly(String kind) {
    rig.options.deadLetterFailure(DeadLetterFailure.STOP);
    rig.mapper = record -> Mapped.reject("r");
    rig.started(P0).receive(P0, 0);
    rig.producer.errorNext(refusal(kind));

    assertThatThrownBy(() -> rig.turns(1))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("dead-letter topic dead")
        .hasMessageContaining("payments/0/0")
        .hasMessageContaining("STOP");
    assertThat(rig.consumer.commits).isEmpty();
  }

  @Test
  void whereOneIsToStopARefusalThatMayPassIsBorneWithForTwoMinutes() {
    rig.options.deadLetterFailure(DeadLetterFailure.STOP);
    rig.mapper = record -> Mapped.reject("r");
    rig.started(P0).receive(P0, 0);
    Instant start = rig.time.clock().instant();
    assertThatThrownBy(
            () -> {
              while (true) {
                rig.producer.errorNext(refusal("absent"));
                rig.after(Duration.ofMillis(101));
              }
            })
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(UnknownTopicOrPartitionException.class.getName());
    assertThat(Duration.between(start, rig.time.clock().instant()))
        .isBetween(Duration.ofMinutes(2), Duration.ofSeconds(121));
  }

  /** A producer whose buffer is full: each send waits for room, and may get it late. */
  private final class FullProducer extends MockProducer<byte[], byte[]> {
    private final List<Instant> sends = new ArrayList<>();
    private RuntimeException refusal;

    FullProducer() {
      super(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> record, Callback callback) {
      sends.add(rig.time.clock().instant());
      rig.time.advance(MAX_BLOCK.minusMillis(1));
      Future<RecordMetadata> sent = super.send(record, callback);
      if (refusal != null) {
        errorNext(refusal);
      }
      return sent;
    }
  }

  @Test
  void aTurnWaitsForOneSlowSendAndNoMore() {
    var slow = new FullProducer();
    rig.slowProducer = slow;
    rig.mapper = record -> Mapped.reject("r");
    rig.started(P0, P1);
    for (int offset = 0; offset < 7; offset++) {
      rig.receive(P0, offset, "k" + offset, "v");
      rig.receive(P1, offset, "k" + offset, "v");
    }
    for (int turn = 1; turn < 60; turn++) {
      int before = slow.sends.size();
      rig.turns(1);
      assertThat(slow.sends.size() - before).as("sends of turn " + turn).isLessThanOrEqualTo(1);
      if (turn % 3 == 0) {
        while (slow.completeNext()) {}
      }
    }
    rig.turns(2);
    assertThat(slow.history()).hasSize(14);
    assertThat(rig.consumer.commits).contains("payments-0@7", "payments-1@7");
  }

  @Test
  void aBufferThatStaysFullIsAskedForByOneProbeATime() {
    var full = new FullProducer();
    full.refusal = new TimeoutException("no room");
    rig.slowProducer = full;
    rig.options.retryBackoff(Duration.ofSeconds(1), Duration.ofSeconds(1));
    rig.mapper = record -> Mapped.reject("r");
    rig.started(P0, P1).receive(P0, 0, 1, 2, 3, 4);
    rig.receive(P1, 0, 1, 2).turns(20);
    int before = full.sends.size();
    assertThat(before).isLessThan(4);
    assertThat(rig.loop.paused()).containsKey(P0);

    full.refusal = null;
    for (int turn = 0; turn < 40; turn++) {
      rig.time.advance(MAX_BLOCK);
      int sends = full.sends.size();
      rig.turns(1);
      assertThat(full.sends.size() - sends).as("sends of turn " + turn).isLessThanOrEqualTo(1);
      if (turn % 3 == 0) {
        while (full.completeNext()) {}
      }
    }
    while (full.completeNext()) {}
    rig.turns(2);
    assertThat(rig.consumer.commits).contains("payments-0@5", "payments-1@3");
  }

  @Test
  void theReasonOfARefusalIsKept() {
    rig.mapper = record -> Mapped.reject("r");
    rig.started(P0).receive(P0, 0);
    rig.producer.errorNext(refusal("denied"));
    rig.turns(1);
    rig.after(Duration.ofMillis(101));
    assertThat(rig.health().deadLetters().notTakenBy())
        .isEqualTo(TopicAuthorizationException.class.getName());
    rig.producer.completeNext();
    rig.after(Duration.ofMillis(101));
    assertThat(rig.health().deadLetters().notTakenBy()).isNull();
  }

  /** C18: the record that was refused is the one that is sent again, whatever came between. */
  @Test
  void theRecordThatWasRefusedIsTheOneThatIsNotDone() {
    rig.options.retryBackoff(Duration.ofSeconds(1), Duration.ofSeconds(1));
    rig.mapper = record -> Mapped.reject("r");
    rig.started(P0).receive(P0, 0, 1, 2);
    rig.producer.completeNext();
    rig.producer.errorNext(refusal("too large"));
    rig.producer.completeNext();
    rig.turns(2);
    assertThat(rig.consumer.commits).containsExactly("payments-0@1");
    rig.producer.clear();
    rig.after(Duration.ofMillis(1001));
    assertThat(rig.producer.history())
        .singleElement()
        .satisfies(
            letter ->
                assertThat(letter.headers().lastHeader("sluice.offset").value())
                    .isEqualTo(new byte[] {'1'}));
    rig.producer.completeNext();
    rig.turns(2);
    assertThat(rig.consumer.commits).endsWith("payments-0@3");
  }
}
