package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static dev.sluice.kafka.internal.poll.LoopRig.event;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.kafka.IdempotentConsumer;
import dev.sluice.kafka.IdempotentConsumerBuilder;
import dev.sluice.kafka.record.ConsumerOptions.DeadLetterFailure;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.kafka.record.MapperError;
import dev.sluice.kafka.record.RecordMapper;
import dev.sluice.model.Outcome;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.UnknownOutcomeException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * O1, O2: what records hold, control characters of their keys included, stands in no log line, no
 * message, no health report and no header that is added to a dead letter.
 */
class CanaryTest {
  private static final String SECRET = "canary-4711";
  private static final String KEY = SECRET + "\u001b[2J\nforged line";

  private final PrintStream err = System.err;
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final LoopRig rig = new LoopRig();

  @BeforeEach
  void capture() {
    System.setErr(new PrintStream(logged, true, UTF_8));
  }

  @AfterEach
  void release() {
    System.setErr(err);
  }

  private void receive(long offset) {
    rig.receive(P0, offset, KEY, SECRET + offset);
    rig.turns(1);
  }

  private void assertSilent() {
    assertThat(logged.toString(UTF_8)).doesNotContain(SECRET).doesNotContain("forged line");
    assertThat(rig.health().toString() + rig.health().problems()).doesNotContain(SECRET);
    rig.producer
        .history()
        .forEach(
            letter -> {
              for (Header header : letter.headers()) {
                assertThat(new String(header.value(), UTF_8)).doesNotContain(SECRET);
              }
            });
  }

  private static String whole(Throwable failure) {
    var text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @Test
  void whateverTheMapperDoesNothingIsTold() {
    rig.mapper =
        record -> {
          String value = new String(record.value(), UTF_8);
          if (record.offset() == 0) {
            throw new IllegalStateException("cannot read " + value, new RuntimeException(value));
          }
          return record.offset() == 1 ? null : Mapped.write(event(value));
        };
    rig.started(P0);
    receive(0);
    receive(1);
    receive(2);
    rig.writer.fail("payments/0/2", new UnknownOutcomeException("timed out", null));
    rig.after(Duration.ofMillis(101));
    rig.writer.end(
        "payments/0/2",
        new Outcome.Conflict(Outcome.Conflict.Kind.OTHER_CONTENT, new SourcePosition("p/1/1")));
    rig.turns(1);
    while (rig.producer.errorNext(new RecordTooLargeException("too large"))) {}
    rig.turns(1);
    rig.after(Duration.ofMillis(101));
    while (rig.producer.errorNext(new TimeoutException("no leader"))) {}
    rig.turns(1);
    rig.after(Duration.ofMinutes(1));
    while (rig.producer.completeNext()) {
      rig.turns(1);
    }
    rig.turns(2);

    assertThat(rig.consumer.commits).endsWith("payments-0@3");
    assertThat(logged.toString(UTF_8)).as("the log is seen").contains("payments/0/0");
    assertSilent();
  }

  @Test
  void aValueThatCannotBeReadIsNotTold() {
    rig.mapper =
        RecordMapper.deserializing(
            new StringDeserializer(),
            new LongDeserializer(),
            (key, value, record) -> Mapped.write(event(key)));
    rig.started(P0);
    receive(0);
    rig.producer.completeNext();
    rig.turns(2);
    assertThat(rig.producer.history()).hasSize(1);
    assertSilent();
  }

  private IdempotentConsumerBuilder ofOneRecord() {
    rig.consumer.schedulePollTask(() -> rig.consumer.rebalance(List.of(P0)));
    rig.consumer.schedulePollTask(() -> rig.receive(P0, 0, KEY, SECRET));
    return IdempotentConsumer.builder(
            Map.of("bootstrap.servers", "localhost:1", "group.id", "billing"), rig.writer)
        .topics("payments")
        .consumerFactory(settings -> rig.consumer);
  }

  static Stream<Error> errors() {
    return Stream.of(
        new AssertionError("bad " + SECRET),
        new AssertionError(SECRET, new UnknownOutcomeException(SECRET, null)),
        new ExceptionInInitializerError(new IllegalStateException(SECRET)),
        new NoClassDefFoundError(SECRET));
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("errors")
  void anErrorOfTheMapperIsToldByItsClassItsPlaceAndTheRecord(Error error) {
    var told = new AtomicReference<Throwable>();
    var consumer =
        ofOneRecord()
            .mapper(
                record -> {
                  throw error;
                })
            .onFatal(told::set)
            .build();

    Throwable thrown = catchThrowable(consumer::run);

    assertThat(logged.toString(UTF_8))
        .contains("payments/0/0", error.getClass().getName(), CanaryTest.class.getName())
        .doesNotContain(SECRET);
    assertThat(told.get()).isSameAs(thrown);
    assertThat(whole(thrown)).contains("payments/0/0").doesNotContain(SECRET);
    assertThat(thrown)
        .isInstanceOfSatisfying(
            MapperError.class, each -> assertThat(each.thrown()).isSameAs(error));
  }

  @Test
  void ofWhatOthersThrowTheClassAndThePlaceAreTold() {
    rig.writer.refusal = new IllegalArgumentException(SECRET, new KafkaException("of Kafka's"));
    var consumer =
        ofOneRecord()
            .mapper(record -> Mapped.write(event("e")))
            .onFatal(
                failure -> {
                  throw new IllegalStateException(failure.getMessage());
                })
            .build();

    assertThat(catchThrowable(consumer::run)).isSameAs(rig.writer.refusal);

    assertThat(logged.toString(UTF_8))
        .contains("IllegalArgumentException", "of Kafka's", CanaryTest.class.getName(), "onFatal")
        .doesNotContain(SECRET);
  }

  @Test
  void whatStopsTheLoopDoesNotTellEither() {
    rig.deadLetterTopic = null;
    rig.mapper =
        record -> {
          throw new IllegalStateException(SECRET);
        };
    rig.started(P0);
    assertThat(whole(catchThrowable(() -> receive(0)))).doesNotContain(SECRET);

    var stopping = new LoopRig();
    stopping.options.deadLetterFailure(DeadLetterFailure.STOP);
    stopping.mapper = rig.mapper;
    stopping.started(P0);
    stopping.receive(P0, 0, KEY, SECRET);
    stopping.turns(1);
    stopping.producer.errorNext(new RecordTooLargeException("too large"));
    Throwable stop = catchThrowable(() -> stopping.turns(1));
    assertThat(whole(stop)).contains("STOP").doesNotContain(SECRET);
    assertThat(List.of(stop.getMessage())).doesNotContain(KEY);
    assertSilent();
  }
}
