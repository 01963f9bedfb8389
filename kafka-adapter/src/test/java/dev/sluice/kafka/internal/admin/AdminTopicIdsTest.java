package dev.sluice.kafka.internal.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kafka.internal.partition.TopicId;
import java.lang.reflect.Constructor;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;

class AdminTopicIdsTest {
  private static final Uuid ID = new Uuid(7, 11);

  private final Map<String, KafkaFuture<TopicDescription>> answers = new HashMap<>();
  private final Map<TopicPartition, KafkaFuture<ListOffsetsResult.ListOffsetsResultInfo>> ends =
      new HashMap<>();
  private KafkaFuture<String> cluster = KafkaFuture.completedFuture("cluster");
  private int made;
  private int closed;

  private final Admin admin =
      (Admin)
          Proxy.newProxyInstance(
              Admin.class.getClassLoader(),
              new Class<?>[] {Admin.class},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "describeTopics" -> new DescribeTopicsResult(null, answers) {};
                    case "describeCluster" -> clusterResult();
                    case "listOffsets" -> new ListOffsetsResult(ends);
                    case "close" -> ++closed;
                    default -> throw new UnsupportedOperationException(method.getName());
                  });
  private final AdminTopicIds ids =
      new AdminTopicIds(
          Map.of("group.id", "billing"),
          settings -> {
            made++;
            return admin;
          });

  private DescribeClusterResult clusterResult() throws ReflectiveOperationException {
    Constructor<?> only = DescribeClusterResult.class.getDeclaredConstructors()[0];
    only.setAccessible(true);
    return (DescribeClusterResult) only.newInstance(null, null, cluster, null);
  }

  private KafkaFutureImpl<TopicDescription> asked(String topic) {
    var answer = new KafkaFutureImpl<TopicDescription>();
    answers.put(topic, answer);
    return answer;
  }

  private static TopicDescription described(String topic, Uuid id) {
    return new TopicDescription(topic, false, List.of(), Set.of(), id);
  }

  /** C39: one partition without a leader hides the lag of the others. */
  @Test
  void aPartitionThatDoesNotAnswerHidesNoOtherEnd() {
    TopicPartition led = new TopicPartition("payments", 0);
    TopicPartition leaderless = new TopicPartition("payments", 1);
    ends.put(
        led,
        KafkaFuture.completedFuture(
            new ListOffsetsResult.ListOffsetsResultInfo(23, -1, java.util.Optional.empty())));
    var never = new KafkaFutureImpl<ListOffsetsResult.ListOffsetsResultInfo>();
    ends.put(leaderless, never);
    var asked = ids.ends(Set.of(led, leaderless)).toCompletableFuture();
    never.completeExceptionally(new TimeoutException("no leader"));

    assertThat(asked).isCompletedWithValue(Map.of(led, 23L));
  }

  @Test
  void eachTopicIsKnownOrRefusedOrAskedAboutAgain() {
    asked("known").complete(described("known", ID));
    asked("old").complete(described("old", Uuid.ZERO_UUID));
    asked("refused").completeExceptionally(new TopicAuthorizationException("no"));
    asked("gone").completeExceptionally(new UnknownTopicOrPartitionException("no"));
    asked("late").completeExceptionally(new TimeoutException("no"));

    assertThat(ids.of(answers.keySet()).toCompletableFuture())
        .isCompletedWithValue(
            new TopicIds.Answer(
                Map.of("known", new TopicId("cluster", ID)), Set.of("old", "refused")));
  }

  @Test
  void topicsAreKnownThoughTheClusterIsNotNamed() {
    asked("known").complete(described("known", ID));
    var refusal = new KafkaFutureImpl<String>();
    refusal.completeExceptionally(new ClusterAuthorizationException("no"));
    cluster = refusal;

    assertThat(ids.of(Set.of("known")).toCompletableFuture())
        .isCompletedWithValue(new TopicIds.Answer(Map.of("known", new TopicId("", ID)), Set.of()));
  }

  @Test
  void oneClientIsMadeWhenItIsNeededAndEndsWithTheConsumer() {
    asked("known").complete(described("known", ID));
    assertThat(made).isZero();
    var first = ids.of(Set.of("known"));
    var second = ids.of(Set.of("known"));
    assertThat(first.toCompletableFuture()).isCompleted();
    assertThat(second.toCompletableFuture()).isCompleted();
    assertThat(made).isOne();

    ids.close();
    ids.close();
    assertThat(closed).isOne();
    assertThatThrownBy(() -> ids.of(Set.of("known"))).isInstanceOf(IllegalStateException.class);
  }
}
