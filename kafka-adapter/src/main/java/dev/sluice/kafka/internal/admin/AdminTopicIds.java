package dev.sluice.kafka.internal.admin;

import dev.sluice.kafka.internal.partition.TopicId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the brokers for the ids of topics; needs Describe on them, as reading does. Its one client
 * is made when it is first needed. Safe for any thread.
 */
public final class AdminTopicIds implements TopicIds {
  private static final Duration AT_ONCE = Duration.ofMillis(1);

  private final Map<String, Object> settings;
  private final String group;
  private final Function<Map<String, Object>, Admin> factory;
  private @Nullable Admin admin;
  private boolean closed;

  /**
   * Connects when it is asked.
   *
   * @param consumer settings of the consumer, whose connection is used
   * @param factory makes the client
   */
  public AdminTopicIds(Map<String, Object> consumer, Function<Map<String, Object>, Admin> factory) {
    this.settings = AdminView.connection(consumer);
    this.group = consumer.get(ConsumerConfig.GROUP_ID_CONFIG) + "";
    this.factory = factory;
  }

  @Override
  public CompletionStage<Answer> of(Set<String> topics) {
    Admin client = client();
    Map<String, Uuid> ids = new ConcurrentHashMap<>();
    Set<String> denied = ConcurrentHashMap.newKeySet();
    CompletableFuture<?>[] answers =
        client.describeTopics(topics).topicNameValues().entrySet().stream()
            .map(each -> look(each.getKey(), each.getValue(), ids, denied))
            .toArray(CompletableFuture<?>[]::new);
    CompletableFuture<@Nullable String> cluster =
        client
            .describeCluster()
            .clusterId()
            .toCompletionStage()
            .toCompletableFuture()
            .handle(
                (id, failure) -> {
                  if (failure != null && !isFinal(failure)) {
                    throw new CompletionException(failure);
                  }
                  // An endpoint that does not say which cluster it is: its topics say enough.
                  return id;
                });
    return CompletableFuture.allOf(answers)
        .thenCombine(cluster, (done, id) -> answer(id, ids, denied));
  }

  @Override
  public CompletionStage<Map<TopicPartition, OffsetAndMetadata>> committed(
      Set<TopicPartition> partitions) {
    return client()
        .listConsumerGroupOffsets(group)
        .partitionsToOffsetAndMetadata()
        .toCompletionStage();
  }

  @Override
  public CompletionStage<Map<TopicPartition, Long>> ends(Set<TopicPartition> partitions) {
    Map<TopicPartition, OffsetSpec> questions = new HashMap<>();
    partitions.forEach(each -> questions.put(each, OffsetSpec.latest()));
    // Read uncommitted, as by default: what is behind an open transaction is still to be read.
    ListOffsetsResult answers = client().listOffsets(questions);
    Map<TopicPartition, Long> ends = new ConcurrentHashMap<>();
    CompletableFuture<?>[] each =
        partitions.stream().map(id -> look(id, answers, ends)).toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(each).thenApply(done -> ends);
  }

  private static CompletableFuture<?> look(
      TopicPartition id, ListOffsetsResult answers, Map<TopicPartition, Long> ends) {
    return answers
        .partitionResult(id)
        .toCompletionStage()
        .toCompletableFuture()
        .handle(
            (end, failure) -> {
              if (end != null) {
                ends.put(id, end.offset());
              }
              return id;
            });
  }

  private static Answer answer(
      @Nullable String cluster, Map<String, Uuid> ids, Set<String> denied) {
    Map<String, TopicId> named = new ConcurrentHashMap<>();
    ids.forEach((name, id) -> named.put(name, new TopicId(cluster == null ? "" : cluster, id)));
    return new Answer(named, denied);
  }

  private static CompletableFuture<?> look(
      String topic, KafkaFuture<TopicDescription> answer, Map<String, Uuid> ids, Set<String> no) {
    return answer
        .toCompletionStage()
        .toCompletableFuture()
        .handle(
            (described, failure) -> {
              if (described == null) {
                if (isFinal(failure)) {
                  no.add(topic);
                }
              } else if (described.topicId() == null
                  || described.topicId().equals(Uuid.ZERO_UUID)) {
                // A broker older than topic ids.
                no.add(topic);
              } else {
                ids.put(topic, described.topicId());
              }
              return topic;
            });
  }

  private static boolean isFinal(@Nullable Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof AuthorizationException || cause instanceof UnsupportedVersionException;
  }

  private synchronized Admin client() {
    if (closed) {
      throw new IllegalStateException("Closed: nothing is asked any more.");
    }
    if (admin == null) {
      admin = factory.apply(settings);
    }
    return admin;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (admin != null) {
      admin.close(AT_ONCE);
      admin = null;
    }
  }
}
