package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static dev.sluice.kafka.internal.poll.LoopRig.P1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kafka.internal.admin.TopicIds;
import dev.sluice.kafka.internal.partition.TopicId;
import dev.sluice.kafka.internal.settings.ResetPolicy;
import dev.sluice.model.ConfigurationException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** C28: a topic is deleted and created again: equal offsets of other records. */
class RecreatedTopicTest {
  private static final TopicId FORMER = new TopicId("cluster", new Uuid(7, 11));
  private static final TopicId NEW = new TopicId("cluster", new Uuid(7, 13));
  private static final String NONE = "";

  private final LoopRig rig = new LoopRig();
  private CompletableFuture<TopicIds.Answer> answer;

  @BeforeEach
  void theBrokerSays() {
    brokerSays(NEW);
    rig.topicIds = asked -> answer;
    rig.consumer.updateEndOffsets(Map.of(P0, 20L));
  }

  private void brokerSays(TopicId id) {
    answer =
        CompletableFuture.completedFuture(new TopicIds.Answer(Map.of(P0.topic(), id), Set.of()));
  }

  private void assigned(long committed, String metadata) {
    rig.open();
    rig.consumer.rebalance(List.of(P0));
    rig.consumer.commitSync(Map.of(P0, new OffsetAndMetadata(committed, metadata)));
    rig.consumer.commits.clear();
    rig.consumer.seek(P0, committed);
  }

  private String metadata() {
    return rig.consumer.committed.get(P0).metadata();
  }

  @Test
  void whichTopicAnOffsetBelongsToIsCommittedWithIt() {
    rig.started(P0, P1).receive(P0, 0);
    rig.writer.applyAll();
    rig.turns(2);
    assertThat(metadata()).isEqualTo(NEW.metadata());
    assertThat(TopicId.of(metadata())).isEqualTo(NEW);
    assertThat(metadata()).hasSizeLessThan(100);
  }

  @Test
  void theOffsetsOfAFormerTopicAreNotGoneOnFrom() {
    assigned(7, FORMER.metadata());
    rig.turns(3);
    assertThat(rig.consumer.position(P0)).isZero();
    rig.receive(P0, 0, 1);

    assertThat(rig.writer.accepted).containsExactly("payments/0/0", "payments/0/1");
    assertThat(rig.consumer.commits).containsExactly("payments-0@0");
    assertThat(metadata()).isEqualTo(NEW.metadata());
  }

  @Test
  void theSameTopicIsGoneOnWith() {
    assigned(7, NEW.metadata());
    rig.receive(P0, 7).turns(1);
    assertThat(rig.writer.accepted).containsExactly("payments/0/7");
    assertThat(rig.consumer.commits).isEmpty();
  }

  @Test
  void nothingIsBegunBeforeItIsKnownWhichTopicItIs() {
    answer = new CompletableFuture<>();
    assigned(7, FORMER.metadata());
    rig.receive(P0, 7).turns(3);
    assertThat(rig.writer.accepted).isEmpty();

    answer.complete(new TopicIds.Answer(Map.of(P0.topic(), NEW), Set.of()));
    rig.turns(3).receive(P0, 0).turns(2);
    assertThat(rig.writer.accepted).containsExactly("payments/0/0");
  }

  /** As older versions, other tools and operators commit. */
  @Test
  void anOffsetThatNamesNoTopicIsTrustedAndNamesItSoon() {
    for (String foreign : List.of(NONE, "checkpoint 3", "sluice.topic=", "sluice.topic=a:b")) {
      assertThat(TopicId.of(foreign)).isNull();
    }
    assigned(7, "by another tool");
    rig.receive(P0, 7).turns(2);
    assertThat(rig.writer.accepted).containsExactly("payments/0/7");
    assertThat(rig.consumer.commits).containsExactly("payments-0@7");
    assertThat(metadata()).isEqualTo(NEW.metadata());
  }

  /** Tools that mirror topics copy what is committed with its metadata. */
  @Test
  void anOffsetOfAnotherClusterIsTrusted() {
    assigned(7, new TopicId("elsewhere", new Uuid(7, 11)).metadata());
    rig.receive(P0, 7).turns(1);
    assertThat(rig.writer.accepted).containsExactly("payments/0/7");
  }

  @Test
  void whereNobodySaysWhichTopicItIsItGoesOnAfterAWhile() {
    answer = new CompletableFuture<>();
    assigned(7, FORMER.metadata());
    rig.receive(P0, 7).after(RecreatedTopics.PATIENCE);
    assertThat(rig.writer.accepted).containsExactly("payments/0/7");
    rig.writer.applyAll();
    rig.turns(2);
    assertThat(metadata()).as("still to be compared").isEqualTo(FORMER.metadata());
  }

  @Test
  void whoMayNotAskGoesOnAtOnce() {
    answer = CompletableFuture.completedFuture(new TopicIds.Answer(Map.of(), Set.of(P0.topic())));
    assigned(7, FORMER.metadata());
    rig.receive(P0, 7).turns(1);
    assertThat(rig.writer.accepted).containsExactly("payments/0/7");
  }

  @Test
  void aFailureToAskIsNoFailureOfTheLoop() {
    rig.topicIds =
        asked -> {
          throw new IllegalStateException("closed");
        };
    rig.started(P0).receive(P0, 0);
    assertThat(rig.writer.accepted).containsExactly("payments/0/0");
  }

  @Test
  void withLatestItBeginsAtTheEnd() {
    rig.resetSkips = true;
    rig.resetPolicy = ResetPolicy.LATEST;
    assigned(7, FORMER.metadata());
    rig.turns(3);
    assertThat(rig.consumer.position(P0)).isEqualTo(20);
    assertThat(rig.consumer.commits).containsExactly("payments-0@20");
  }

  @Test
  void withNoneItStopsTheConsumer() {
    rig.resetPolicy = ResetPolicy.NONE;
    assigned(7, FORMER.metadata());
    assertThatThrownBy(() -> rig.turns(3)).isInstanceOf(NoOffsetForPartitionException.class);
    assertThat(rig.consumer.commits).isEmpty();
  }

  private void readUpToTwoOfTheFormer() {
    brokerSays(FORMER);
    rig.started(P0).receive(P0, 0, 1);
    rig.writer.applyAll();
    rig.turns(2);
    assertThat(metadata()).isEqualTo(FORMER.metadata());
    rig.receive(P0, 2);
    rig.writer.accepted.clear();
  }

  @Test
  void aTopicThatIsCreatedAgainWhileItIsReadBeginsAnew() {
    readUpToTwoOfTheFormer();
    brokerSays(NEW);
    rig.after(Duration.ofSeconds(11));
    assertThat(rig.consumer.position(P0)).isZero();
    assertThat(rig.consumer.committed.get(P0).offset()).isZero();
    rig.receive(P0, 0);
    assertThat(rig.writer.accepted).containsExactly("payments/0/0");
    rig.writer.apply("payments/0/2");
    rig.turns(2);
    assertThat(rig.consumer.committed.get(P0).offset()).isZero();
  }

  /** What was begun of it may hold claims. */
  @Test
  void withLatestOneThatIsReadGoesOnWhereItIs() {
    rig.resetSkips = true;
    rig.resetPolicy = ResetPolicy.LATEST;
    readUpToTwoOfTheFormer();
    brokerSays(NEW);
    rig.after(Duration.ofSeconds(11));
    assertThat(rig.consumer.position(P0)).isEqualTo(3);
    assertThat(metadata()).isEqualTo(NEW.metadata());
  }

  @Test
  void aLogWhoseEpochsFallIsAskedAboutAtOnce() {
    brokerSays(FORMER);
    rig.started(P0).receiveOf(3, P0, 0);
    brokerSays(NEW);
    rig.receiveOf(0, P0, 1).turns(4);
    assertThat(rig.consumer.position(P0)).isZero();
  }

  @Test
  void aBrokerThatTakesNoMetadataIsCommittedToWithoutIt() {
    rig.open();
    rig.consumer.rebalance(List.of(P0));
    rig.turns(3);
    rig.receive(P0, 0);
    rig.writer.applyAll();
    rig.consumer.commitFailures.add(new OffsetMetadataTooLarge("16 bytes"));
    rig.turns(5);
    assertThat(rig.consumer.commits).endsWith("payments-0@1");
    assertThat(metadata()).isEmpty();
  }

  private void committedOfAFormerEpoch(TopicId topic) {
    rig.topicIds =
        new TopicIds() {
          @Override
          public CompletableFuture<Answer> of(Set<String> topics) {
            return answer;
          }

          @Override
          public CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> committed(
              Set<TopicPartition> partitions) {
            return CompletableFuture.completedFuture(
                Map.of(P0, new OffsetAndMetadata(7, Optional.of(9), topic.metadata())));
          }
        };
    rig.open();
    rig.consumer.positionUnknown = true;
    rig.consumer.rebalance(List.of(P0));
    rig.turns(1);
  }

  /** The client waits for an epoch that the new topic does not have. */
  @Test
  void aClientThatWaitsForAFormerEpochIsEndedAndTheNextOneBegins() {
    committedOfAFormerEpoch(FORMER);
    assertThatThrownBy(() -> rig.after(StaleEpochs.PATIENCE))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("leader epoch 9");
    assertThat(rig.consumer.commits).containsExactly("payments-0@0");
    assertThat(metadata()).isEqualTo(NEW.metadata());
  }

  @Test
  void aClientThatWaitsForItsCoordinatorIsNotEnded() {
    committedOfAFormerEpoch(NEW);
    rig.after(StaleEpochs.PATIENCE).after(StaleEpochs.PATIENCE);
    assertThat(rig.consumer.commits).isEmpty();
  }
}
