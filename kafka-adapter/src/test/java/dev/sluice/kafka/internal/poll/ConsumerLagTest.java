package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static dev.sluice.kafka.internal.poll.LoopRig.P1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kafka.internal.admin.TopicIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class ConsumerLagTest {
  private final LoopRig rig = new LoopRig();

  private Long lag() {
    rig.after(Duration.ofMillis(101));
    return rig.health().partitions().get(P0).lag();
  }

  @Test
  void theLagIsTheEndMinusWhatIsCommitted() {
    rig.consumer.updateEndOffsets(Map.of(P0, 11L));
    rig.started(P0, P1).receive(P0, 0, 1, 2);
    assertThat(lag()).isEqualTo(11);

    rig.writer.apply("payments/0/0", "payments/0/1");
    rig.turns(2);
    assertThat(lag()).as("by the same answer").isEqualTo(9);
    assertThat(rig.health().partitions().get(P1).lag()).isZero();
  }

  @Test
  void theBrokerIsAskedAtTheIntervalAndWaitedForShortly() {
    rig.options.lagInterval(Duration.ofSeconds(7));
    rig.started(P0).turns(1_009);
    assertThat(rig.consumer.endLookUps).containsExactly(Duration.ofMillis(500));
    rig.after(Duration.ofSeconds(7));
    assertThat(rig.consumer.endLookUps).hasSize(2);
  }

  @Test
  void aLoopThatIsLateDoesNotAsk() {
    rig.started(P0);
    int asked = rig.consumer.endLookUps.size();
    rig.time.advance(LoopRig.MAX_POLL_INTERVAL.dividedBy(4).plusMillis(1));
    rig.loop.turn();
    assertThat(rig.consumer.endLookUps).hasSize(asked);

    rig.turns(1);
    assertThat(rig.consumer.endLookUps).hasSize(asked + 1);
  }

  @Test
  void anAnswerThatFailsHarmsNothingButTheLag() {
    rig.consumer.updateEndOffsets(Map.of(P0, 11L));
    rig.started(P0).receive(P0, 0);
    assertThat(lag()).isEqualTo(11);
    rig.consumer.endLookUpFailure = new TimeoutException("no leader");
    rig.after(Duration.ofSeconds(10));
    assertThat(lag()).isNull();

    rig.writer.applyAll();
    rig.turns(2);
    assertThat(rig.consumer.commits).containsExactly("payments-0@1");
  }

  /** C19: a reset moves the position, no record comes, and the old offset stays committed. */
  @Test
  void whatRetentionTookIsNoLagThatNobodyCanWorkOff() {
    rig.consumer.updateEndOffsets(Map.of(P0, 101L));
    rig.started(P0).receive(P0, 0);
    rig.consumer.seek(P0, 101);
    assertThat(lag()).as("while a record is open").isEqualTo(101);

    rig.writer.applyAll();
    rig.after(Duration.ofSeconds(10)).after(Duration.ofSeconds(10));

    assertThat(rig.consumer.commits).endsWith("payments-0@101");
    assertThat(rig.health().partitions().get(P0).lag()).isZero();
  }

  /** A partition without a leader hides no other. */
  @Test
  void theEndsOfSomePartitionsAreTheLagOfThose() {
    rig.topicIds = answering(asked -> CompletableFuture.completedFuture(Map.of(P0, 11L)));
    rig.started(P0, P1);
    assertThat(lag()).isEqualTo(11);
    assertThat(rig.health().partitions().get(P1).lag()).isNull();
    assertThat(rig.health().polling().unansweredFor()).isZero();
    assertThat(rig.consumer.endLookUps).as("the consumer waits for nothing").isEmpty();
  }

  @Test
  void aQuestionThatIsNeverAnsweredIsAskedAgainAndTold() {
    List<CompletableFuture<Map<TopicPartition, Long>>> questions = new ArrayList<>();
    rig.topicIds =
        answering(
            asked -> {
              questions.add(new CompletableFuture<>());
              return questions.get(questions.size() - 1);
            });
    rig.started(P0);
    for (int i = 0; i < 4; i++) {
      rig.after(Duration.ofSeconds(30));
    }
    assertThat(questions).hasSizeBetween(2, 4);
    assertThat(rig.health().problems()).singleElement().asString().contains("No broker");

    questions.get(0).complete(Map.of(P0, 11L));
    assertThat(lag()).as("a late answer").isNull();
    questions.get(questions.size() - 1).complete(Map.of(P0, 13L));
    assertThat(lag()).isEqualTo(13);
    assertThat(rig.health().isHealthy()).isTrue();
  }

  private static TopicIds answering(
      Function<Set<TopicPartition>, CompletionStage<Map<TopicPartition, Long>>> ends) {
    return new TopicIds() {
      @Override
      public CompletionStage<Answer> of(Set<String> topics) {
        return CompletableFuture.completedFuture(new Answer(Map.of(), Set.of()));
      }

      @Override
      public CompletionStage<Map<TopicPartition, Long>> ends(Set<TopicPartition> partitions) {
        return ends.apply(partitions);
      }
    };
  }
}
