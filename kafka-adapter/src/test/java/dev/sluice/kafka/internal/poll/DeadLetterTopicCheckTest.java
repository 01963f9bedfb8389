package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kafka.internal.admin.DeadLetterTopicCheck;
import dev.sluice.kafka.record.ConsumerOptions.DeadLetterFailure;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.model.ConfigurationException;
import dev.sluice.testkit.time.VirtualTime;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A topic that does not keep dead letters is not taken for one that does. */
@Timeout(30)
class DeadLetterTopicCheckTest {
  private final VirtualTime time = VirtualTime.seeded(7);
  private final Queue<CompletableFuture<Map<String, String>>> answers = new ArrayDeque<>();
  private final DeadLetterTopicCheck check =
      new DeadLetterTopicCheck("dead", topic -> answers.remove(), time.clock());
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();

  @BeforeEach
  void readTheLog() {
    System.setErr(new PrintStream(logged, true, UTF_8));
  }

  @AfterEach
  void leaveTheLog() {
    System.setErr(err);
  }

  private static Map<String, String> settings(String policy) {
    return new HashMap<>(
        Map.of("cleanup.policy", policy, "retention.ms", "-1", "retention.bytes", "-1"));
  }

  private void answer(Map<String, String> settings) {
    answers.add(CompletableFuture.completedFuture(settings));
  }

  private String log() {
    return logged.toString(UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"compact", "compact,delete", "delete, compact"})
  void aCompactedTopicIsRefusedByName(String policy) {
    answer(settings(policy));
    assertThatThrownBy(check::atStart)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("Dead-letter topic dead")
        .hasMessageContaining("cleanup.policy=" + policy);
  }

  @Test
  void aTopicThatKeepsAllIsTakenWithoutAWord() {
    answer(settings("delete"));
    check.atStart();
    check.lookIfDue();
    assertThat(log()).isEmpty();
  }

  @Test
  void aTopicThatIsCompactedLaterStopsTheConsumer() {
    answer(settings("delete"));
    check.atStart();
    time.advance(Duration.ofMinutes(9));
    check.lookIfDue();

    answer(settings("compact"));
    time.advance(Duration.ofMinutes(2));

    assertThatThrownBy(
            () -> {
              check.lookIfDue();
              check.lookIfDue();
            })
        .isInstanceOf(ConfigurationException.class);
  }

  @Test
  void anAnswerThatComesLateCounts() {
    var late = new CompletableFuture<Map<String, String>>();
    answers.add(late);
    time.advance(Duration.ofMinutes(11));
    answers.add(new CompletableFuture<>());
    Thread.currentThread().interrupt();
    check.atStart();
    assertThat(Thread.interrupted()).isTrue();
    check.lookIfDue();
    late.complete(settings("compact"));
    assertThatThrownBy(check::lookIfDue).isInstanceOf(ConfigurationException.class);
  }

  @Test
  void whereThereIsNoAnswerItGoesOnAndAsksAgain() {
    answers.add(CompletableFuture.failedFuture(new TimeoutException("a broker is starting")));
    check.atStart();
    check.lookIfDue();
    answer(settings("compact"));
    time.advance(Duration.ofMinutes(1));
    check.lookIfDue();
    assertThatThrownBy(check::lookIfDue).isInstanceOf(ConfigurationException.class);
  }

  @Test
  void whoMayNotAskGoesOnAndIsToldOnce() {
    for (int i = 0; i < 3; i++) {
      answers.add(CompletableFuture.failedFuture(new TopicAuthorizationException("no")));
    }
    check.atStart();
    for (int i = 0; i < 2; i++) {
      time.advance(Duration.ofMinutes(2));
      check.lookIfDue();
    }
    assertThat(answers).isEmpty();
    assertThat(log()).containsOnlyOnce("DescribeConfigs").containsOnlyOnce("WARN");
  }

  @Test
  void aTopicThatDeletesLettersIsWarnedOfOnce() {
    Map<String, String> week = settings("delete");
    week.put("retention.ms", "604800000");
    answer(week);
    answer(week);
    check.atStart();
    time.advance(Duration.ofMinutes(11));
    check.lookIfDue();
    assertThat(answers).isEmpty();
    assertThat(log()).containsOnlyOnce("retention.ms=604800000").containsOnlyOnce("WARN");
  }

  @Test
  void withoutADeadLetterTopicNothingIsAsked() {
    var none =
        new DeadLetterTopicCheck(
            null,
            topic -> {
              throw new AssertionError();
            },
            time.clock());
    none.atStart();
    time.advance(Duration.ofDays(1));
    none.lookIfDue();
  }

  @Test
  void aLetterWithoutAKeyThatIsRefusedSaysWhatToDo() {
    var rig = new LoopRig();
    rig.options.deadLetterFailure(DeadLetterFailure.STOP);
    rig.mapper = record -> Mapped.reject("r");
    rig.started(P0);
    rig.consumer.addRecord(new ConsumerRecord<>("payments", 0, 0, null, new byte[] {1}));
    rig.turns(1);
    rig.producer.errorNext(new InvalidRecordException("no key"));
    assertThatThrownBy(() -> rig.turns(1))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("no key")
        .hasMessageContaining("cleanup.policy");
  }

  @Test
  void aLetterThatIsTooLargeSaysWhatToRaise() {
    var rig = new LoopRig();
    rig.mapper = record -> Mapped.reject("r");
    rig.started(P0).receive(P0, 0);
    rig.producer.errorNext(new RecordTooLargeException("too large"));
    rig.turns(1);
    assertThat(log()).contains("max.message.bytes").contains("max.request.size");
    assertThat(rig.loop.paused().values()).anyMatch(why -> why.contains("does not take one"));
    assertThat(rig.consumer.commits).isEmpty();
  }
}
