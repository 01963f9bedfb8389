package dev.sluice.kafka.internal.poll;

import static dev.sluice.kafka.internal.poll.LoopRig.P0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kafka.internal.admin.CleanupPolicies;
import dev.sluice.kafka.internal.settings.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CompactionCheckTest {
  private final LoopRig rig = new LoopRig();
  private final List<Set<String>> asked = new ArrayList<>();

  @BeforeEach
  void theWriterDropsDuplicates() {
    rig.writer.toleratesCompaction = false;
    rig.cleanupPolicies =
        topics -> {
          asked.add(topics);
          return answer(topics, Set.of());
        };
  }

  private static CompletableFuture<CleanupPolicies.Answer> answer(
      Set<String> compacted, Set<String> unanswered) {
    return CompletableFuture.completedFuture(new CleanupPolicies.Answer(compacted, unanswered));
  }

  @Test
  void aTopicOfWhichNothingWasSaidIsAskedAboutAgain() {
    rig.cleanupPolicies =
        topics -> {
          asked.add(topics);
          return asked.size() < 3 ? answer(Set.of(), topics) : answer(topics, Set.of());
        };
    rig.started(P0).turns(101).after(Duration.ofSeconds(50));
    assertThat(asked).as("in the first minute").hasSize(1);
    rig.after(Duration.ofSeconds(10)).turns(101).after(Duration.ofSeconds(50));
    assertThat(asked).as("in the second minute").hasSize(2);
    rig.after(Duration.ofSeconds(10)).after(Duration.ofHours(1));

    assertThat(asked).hasSize(3).containsOnly(Set.of("payments"));
    assertThat(rig.health().topics().compacted()).containsExactly("payments");
  }

  @Test
  void aCompactedTopicShowsWhereDuplicatesAreDropped() {
    rig.started(P0).turns(101).after(Duration.ofHours(1));
    assertThat(asked).as("once").containsExactly(Set.of("payments"));
    assertThat(rig.health().topics().compacted()).containsExactly("payments");
  }

  @Test
  void topicsThatAPatternFindsLaterAreAskedAboutToo() {
    rig.topics = new Topics(Set.of(), Pattern.compile("payments.*"));
    rig.started(P0).after(Duration.ofMillis(101));
    rig.consumer.topic("payments.eu", 1);
    rig.consumer.rebalance(List.of(P0, new TopicPartition("payments.eu", 0)));
    rig.after(Duration.ofMillis(101)).after(Duration.ofMillis(101));

    assertThat(asked).containsExactly(Set.of("payments"), Set.of("payments.eu"));
    assertThat(rig.health().topics().compacted())
        .containsExactlyInAnyOrder("payments", "payments.eu");
  }

  @Test
  void whereItMayNotBeKnownTheLoopGoesOnSilently() {
    rig.cleanupPolicies =
        topics -> CompletableFuture.failedFuture(new TopicAuthorizationException(topics));
    rig.started(P0).after(Duration.ofMillis(101));
    assertThat(rig.health().topics().compacted()).isEmpty();

    rig.cleanupPolicies =
        topics -> {
          throw new IllegalStateException("no admin");
        };
    var other = new LoopRig();
    other.cleanupPolicies = rig.cleanupPolicies;
    other.writer.toleratesCompaction = false;
    other.started(P0).receive(P0, 0);
    assertThat(other.writer.accepted).hasSize(1);
  }

  @Test
  void aWriterThatToleratesItIsNotBothered() {
    rig.writer.toleratesCompaction = true;
    rig.started(P0).after(Duration.ofMillis(101));
    assertThat(asked).isEmpty();
    assertThat(rig.health().topics().compacted()).isEmpty();
  }
}
