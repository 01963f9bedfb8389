package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static dev.sluice.kafka.internal.poll.LoopRig.P1;
import static dev.sluice.kafka.internal.poll.LoopRig.event;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kafka.record.Mapped;
import dev.sluice.kafka.record.MapperError;
import dev.sluice.kafka.record.RecordMapper;
import dev.sluice.model.ConfigurationException;
import dev.sluice.model.InvalidWriteException;
import dev.sluice.model.Outcome;
import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import dev.sluice.model.UnknownOutcomeException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeadLetterTest {
  private final LoopRig rig = new LoopRig();

  private static RejectedWriteException rejected(boolean partial) {
    return new RejectedWriteException(
        "Refused", "ValidationException", partial, List.of(new Suffix(0, 3)));
  }

  private static String header(ProducerRecord<byte[], byte[]> letter, String name) {
    return new String(letter.headers().lastHeader("sluice." + name).value(), UTF_8);
  }

  private ProducerRecord<byte[], byte[]> letter(int index) {
    return rig.producer.history().get(index);
  }

  @Test
  void theOffsetMovesOnlyWhenTheDeadLetterIsAcknowledged() {
    rig.mapper = record -> Mapped.reject("no id");
    rig.started(P0).receive(P0, 0).turns(3);
    assertThat(rig.producer.history()).hasSize(1);
    assertThat(rig.consumer.commits).isEmpty();

    rig.producer.completeNext();
    rig.turns(2);

    assertThat(rig.consumer.commits).containsExactly("payments-0@1");
    assertThat(header(letter(0), "reason")).isEqualTo("MAPPER_REJECTED");
    assertThat(header(letter(0), "detail")).isEqualTo("no id");
    assertThat(header(letter(0), "source")).isEqualTo("payments/0/0");
    assertThat(header(letter(0), "group")).isEqualTo("billing");
    assertThat(header(letter(0), "attempts")).isEqualTo("1");
    assertThat(header(letter(0), "partial")).isEqualTo("false");
  }

  @Test
  void whatWasSupersededBesideWhatWasRefusedIsToldAsPartial() {
    rig.mapper = record -> Mapped.writes(List.of(event("a"), event("b")));
    rig.started(P0).receive(P0, 0);
    var suffixes = List.of(new Suffix(2, 5), new Suffix(2, 7));
    rig.writer.end("payments/0/0#0", new Outcome.Superseded(suffixes, List.of(1)));
    rig.writer.fail("payments/0/0#1", rejected(false));
    rig.turns(1);

    assertThat(header(letter(0), "partial")).isEqualTo("true");
    assertThat(header(letter(0), "suffixes")).isEqualTo("2.5,2.7;0.3");
  }

  @Test
  void aClaimIsReleasedOnlyWhenTheDeadLetterIsAcknowledged() {
    rig.started(P0).receive(P0, 0);
    rig.writer.fail("payments/0/0", rejected(false));
    rig.turns(3);
    assertThat(rig.producer.history()).hasSize(1);
    assertThat(rig.writer.releases).isEmpty();

    rig.producer.completeNext();
    rig.turns(2);
    assertThat(rig.writer.releases).containsOnlyKeys("payments/0/0=e0");
    assertThat(rig.consumer.commits).isEmpty();

    rig.writer.releases.get("payments/0/0=e0").complete(true);
    rig.turns(2);
    assertThat(rig.consumer.commits).containsExactly("payments-0@1");
    assertThat(header(letter(0), "reason")).isEqualTo("REJECTED_WRITE");
    assertThat(header(letter(0), "suffixes")).isEqualTo("0.3");
  }

  @Test
  void aDeadLetterSaysHowOftenAndSinceWhenItsRecordFailed() {
    rig.started(P0).receive(P0, 0);
    var first = rig.time.clock().instant();
    for (int failure = 0; failure < 3; failure++) {
      rig.writer.fail("payments/0/0", new UnknownOutcomeException("timed out", null));
      rig.turns(1);
      rig.after(Duration.ofMillis(101));
    }
    rig.writer.fail("payments/0/0", rejected(true));
    rig.turns(1);
    var last = rig.time.clock().instant();

    assertThat(header(letter(0), "attempts")).isEqualTo("4");
    assertThat(java.time.Instant.parse(header(letter(0), "first.failure")))
        .isBetween(first, first.plusMillis(2));
    assertThat(java.time.Instant.parse(header(letter(0), "last.failure"))).isEqualTo(last);
  }

  @Test
  void aClaimThatIsPartlyAppliedStays() {
    rig.started(P0).receive(P0, 0);
    rig.writer.fail("payments/0/0", rejected(true));
    rig.turns(1);
    rig.producer.completeNext();
    rig.turns(2);

    assertThat(rig.writer.releases).isEmpty();
    assertThat(rig.consumer.commits).containsExactly("payments-0@1");
    assertThat(header(letter(0), "partial")).isEqualTo("true");
  }

  @Test
  void aReleaseThatFailsIsTriedAgainBeforeTheOffsetMoves() {
    rig.started(P0).receive(P0, 0);
    rig.writer.fail("payments/0/0", rejected(false));
    rig.turns(1);
    rig.producer.completeNext();
    rig.turns(1);
    rig.writer
        .releases
        .remove("payments/0/0=e0")
        .completeExceptionally(new UnknownOutcomeException("timed out", null));
    rig.after(Duration.ofMillis(101));
    assertThat(rig.consumer.commits).isEmpty();

    rig.writer.releases.get("payments/0/0=e0").complete(true);
    rig.turns(2);
    assertThat(rig.consumer.commits).containsExactly("payments-0@1");
    assertThat(rig.producer.history()).hasSize(1);
  }

  @Test
  void aRefusedDeadLetterIsSentAgainWhileItsPartitionIsPaused() {
    rig.mapper = record -> record.offset() == 0 ? Mapped.reject("no id") : Mapped.write(event("e"));
    rig.started(P0, P1).receive(P0, 0);
    for (int failure = 1; failure < 7; failure++) {
      assertThat(rig.producer.history()).hasSize(failure);
      rig.producer.errorNext(new TimeoutException("no leader"));
      rig.turns(1);
      assertThat(rig.consumer.paused()).containsExactly(P0);
      assertThat(rig.producer.history()).as("not sent hot").hasSize(failure);
      rig.after(Duration.ofMillis(101));
    }
    assertThat(rig.consumer.commits).isEmpty();

    rig.producer.completeNext();
    rig.turns(3);
    assertThat(rig.consumer.commits).containsExactly("payments-0@1");
    assertThat(rig.consumer.paused()).isEmpty();
  }

  @Test
  void whileTheTopicRefusesOneDeadLetterProbesForAll() {
    rig.mapper = record -> Mapped.reject("no id");
    rig.started(P0).receive(P0, 0, 1, 2, 3, 4, 5, 6);
    assertThat(rig.producer.history()).hasSize(7);
    while (rig.producer.errorNext(new TimeoutException("no leader"))) {}
    rig.turns(1);
    rig.producer.clear();

    rig.after(Duration.ofMillis(101));
    assertThat(rig.producer.history()).hasSize(1);
    rig.producer.errorNext(new TimeoutException("no leader"));
    rig.turns(1);
    rig.after(Duration.ofMillis(201));
    assertThat(rig.producer.history()).hasSize(2);

    for (int turn = 0; turn < 7; turn++) {
      while (rig.producer.completeNext()) {}
      rig.turns(1);
    }
    rig.turns(2);
    assertThat(rig.producer.history()).hasSize(8);
    assertThat(rig.consumer.commits).endsWith("payments-0@7");
  }

  @Test
  void aDeadLetterTooLargeForTheTopicHoldsUpNoOther() {
    rig.options.retryBackoff(Duration.ofSeconds(1), Duration.ofSeconds(1));
    rig.mapper = record -> Mapped.reject("no id");
    rig.started(P0, P1).receive(P0, 0);
    rig.producer.errorNext(new RecordTooLargeException("too large"));
    rig.turns(1);

    rig.receive(P1, 0);
    rig.producer.completeNext();
    rig.turns(2);

    assertThat(rig.consumer.commits).contains("payments-1@1").doesNotContain("payments-0@1");
    assertThat(rig.consumer.paused()).containsExactly(P0);
    rig.after(Duration.ofMillis(1001));
    assertThat(rig.producer.history()).hasSize(3);
  }

  @Test
  void aProducerThatThrowsLosesNothing() {
    rig.mapper = record -> Mapped.reject("no id");
    rig.started(P0);
    rig.producer.sendException = new IllegalStateException("fenced");
    rig.receive(P0, 0).turns(3);
    assertThat(rig.consumer.commits).isEmpty();

    rig.producer.sendException = null;
    rig.after(Duration.ofMillis(201));
    rig.producer.completeNext();
    rig.turns(3);
    assertThat(rig.consumer.commits).containsExactly("payments-0@1");
  }

  @Test
  void poisonRecordsAreDeadLetteredAndTheOthersGoOn() {
    rig.mapper =
        record -> {
          if (record.value() == null) {
            throw new NullPointerException("secret-7");
          }
          return switch (new String(record.value(), UTF_8)) {
            case "deep" -> throw new StackOverflowError();
            case "null" -> null;
            case "skip" -> Mapped.skip();
            default -> Mapped.write(event("e" + record.offset()));
          };
        };
    rig.started(P0);
    rig.receive(P0, 0, null, null);
    rig.receive(P0, 1, null, "deep");
    rig.receive(P0, 2, "k", "null");
    rig.receive(P0, 3, "k", "skip");
    rig.receive(P0, 4, null, "good");
    rig.turns(1);
    rig.writer.apply("payments/0/4");
    while (rig.producer.completeNext()) {}
    rig.turns(2);

    assertThat(rig.consumer.commits).containsExactly("payments-0@5");
    assertThat(rig.producer.history()).hasSize(3);
    assertThat(letter(0).key()).isNull();
    assertThat(letter(0).value()).isNull();
    assertThat(header(letter(0), "reason")).isEqualTo("MAPPER_FAILED");
    assertThat(header(letter(0), "detail")).isEqualTo("java.lang.NullPointerException");
    assertThat(header(letter(1), "detail")).isEqualTo("java.lang.StackOverflowError");
    assertThat(letter(2).partition()).isNull();
  }

  @Test
  void anErrorOfTheMapperStopsTheLoop() {
    rig.mapper =
        record -> {
          throw new OutOfMemoryError("heap");
        };
    rig.started(P0);
    assertThatThrownBy(() -> rig.receive(P0, 0))
        .isInstanceOfSatisfying(
            MapperError.class,
            error -> {
              assertThat(error.source()).isEqualTo("payments/0/0");
              assertThat(error.thrown()).isInstanceOf(OutOfMemoryError.class).hasMessage("heap");
            });
    assertThat(rig.producer.history()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Outcome.Conflict.Kind.class)
  void everyConflictIsDeadLetteredByItsKind(Outcome.Conflict.Kind kind) {
    rig.started(P0).receive(P0, 0);
    rig.writer.end("payments/0/0", new Outcome.Conflict(kind, new SourcePosition("payments/2/5")));
    rig.turns(1);
    rig.producer.completeNext();
    rig.turns(2);
    assertThat(header(letter(0), "reason")).isEqualTo("CONFLICT_" + kind);
    assertThat(rig.writer.releases).as("the claim is another's, or open").isEmpty();
    assertThat(rig.consumer.commits).containsExactly("payments-0@1");
  }

  /** C20, O1: a value that cannot be read is a dead letter, and nothing of it is told. */
  @Test
  void aValueThatCannotBeDeserialisedIsDeadLetteredAsItCame() {
    rig.mapper =
        RecordMapper.deserializing(
            new StringDeserializer(),
            new LongDeserializer(),
            (key, value, record) -> Mapped.write(event(key + value)));
    rig.started(P0).receive(P0, 0).turns(1);
    rig.producer.completeNext();
    rig.turns(2);
    assertThat(header(letter(0), "reason")).isEqualTo("MAPPER_FAILED");
    assertThat(header(letter(0), "detail")).isEqualTo(SerializationException.class.getName());
    assertThat(letter(0).value()).isEqualTo("value-0".getBytes(UTF_8));
    assertThat(rig.consumer.commits).containsExactly("payments-0@1");
  }

  @Test
  void aConflictAndAnInvalidWriteAreDeadLettered() {
    rig.started(P0).receive(P0, 0, 1);
    var holder = new SourcePosition("payments/2/5");
    rig.writer.end(
        "payments/0/0", new Outcome.Conflict(Outcome.Conflict.Kind.OTHER_CONTENT, holder));
    rig.writer.fail("payments/0/1", new InvalidWriteException("The item has 500,000 bytes"));
    rig.turns(1);
    while (rig.producer.completeNext()) {}
    rig.turns(2);

    assertThat(header(letter(0), "reason")).isEqualTo("CONFLICT_OTHER_CONTENT");
    assertThat(header(letter(1), "reason")).isEqualTo("INVALID_WRITE");
    assertThat(rig.writer.releases).isEmpty();
    assertThat(rig.consumer.commits).containsExactly("payments-0@2");
  }

  @Test
  void ofSeveralWritesOneDeadLetterTellsWhenAllHaveEnded() {
    rig.mapper = record -> Mapped.writes(List.of(event("a"), event("b"), event("c")));
    rig.started(P0).receive(P0, 0);
    assertThat(rig.writer.accepted)
        .containsExactly("payments/0/0#0", "payments/0/0#1", "payments/0/0#2");
    rig.writer.fail("payments/0/0#1", rejected(false));
    rig.writer.apply("payments/0/0#2");
    rig.turns(1);
    assertThat(rig.producer.history()).isEmpty();

    rig.writer.apply("payments/0/0#0");
    rig.turns(1);
    rig.producer.completeNext();
    rig.turns(1);
    rig.writer.releases.get("payments/0/0#1=b").complete(true);
    rig.turns(2);

    assertThat(rig.producer.history()).hasSize(1);
    assertThat(header(letter(0), "partial")).isEqualTo("true");
    assertThat(header(letter(0), "suffixes")).isEqualTo("-;0.3;-");
    assertThat(rig.consumer.commits).containsExactly("payments-0@1");
  }

  @Test
  void withoutADeadLetterTopicSuchARecordStopsTheLoop() {
    rig.deadLetterTopic = null;
    rig.mapper = record -> Mapped.reject("no id");
    rig.started(P0);

    assertThatThrownBy(() -> rig.receive(P0, 0))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("payments/0/0")
        .hasMessageContaining("MAPPER_REJECTED")
        .hasMessageContaining("deadLetterTopic");
  }

  @Test
  void theRecordsValueIsTheFingerprintUnlessTheMapperNamedOne() {
    rig.mapper =
        record ->
            Mapped.write(
                record.offset() == 0
                    ? event("e").fingerprintOf(new byte[] {1})
                    : event("e" + record.offset()));
    rig.started(P0);
    rig.receive(P0, 0, "k", "v");
    rig.receive(P0, 1, "k", "v");
    rig.receive(P0, 2, "k", null);
    rig.turns(1);

    assertThat(rig.writer.writes)
        .extracting(write -> write.fingerprint().orElseThrow())
        .containsExactly(
            dev.sluice.model.Fingerprint.of(new byte[] {1}),
            dev.sluice.model.Fingerprint.of("v".getBytes(UTF_8)),
            dev.sluice.model.Fingerprint.of(new byte[0]));
  }

  @Test
  void aDeadLetterAcknowledgedAfterTheEpochEndedReleasesNothing() {
    rig.started(P0).receive(P0, 0);
    rig.writer.fail("payments/0/0", rejected(false));
    rig.turns(1);
    rig.loop.listener().onPartitionsLost(List.of(P0));

    rig.producer.completeNext();
    rig.time.advance(Duration.ofMillis(2));
    rig.consumer.rebalance(List.of(P1));
    rig.turns(2);

    assertThat(rig.writer.releases).isEmpty();
    assertThat(rig.consumer.commits).doesNotContain("payments-0@1");
  }

  @Test
  void aWriteRefusedAtOnceIsDeadLettered() {
    rig.writer.refusal = new InvalidWriteException("The event id is empty");
    rig.started(P0).receive(P0, 0).turns(1);
    rig.producer.completeNext();
    rig.turns(2);

    assertThat(header(letter(0), "reason")).isEqualTo("INVALID_WRITE");
    assertThat(header(letter(0), "detail")).isEqualTo("The event id is empty");
    assertThat(rig.consumer.commits).containsExactly("payments-0@1");
  }
}
