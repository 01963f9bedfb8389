package dev.sluice.kafka.internal.admin;

import dev.sluice.kafka.internal.settings.ConnectionSettings;
import dev.sluice.kafka.internal.settings.TopicSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/** Asks the brokers how topics are set up; needs DescribeConfigs on them. Safe for any thread. */
public final class AdminView implements CleanupPolicies, TopicSettings {
  private static final int PATIENCE_MILLIS = 10_000;

  /** A client that is closed ends its thread by itself, which need not be waited for. */
  private static final Duration AT_ONCE = Duration.ofMillis(1);

  private final Map<String, Object> settings;
  private final Function<Map<String, Object>, Admin> factory;
  private final Set<Admin> asking = new HashSet<>();
  private boolean closed;

  /**
   * Connects when it is asked.
   *
   * @param consumer settings of the consumer, whose connection is used
   * @param factory makes the client
   */
  public AdminView(Map<String, Object> consumer, Function<Map<String, Object>, Admin> factory) {
    this.factory = factory;
    this.settings = connection(consumer);
  }

  /** The settings of a client that connects as the consumer does. */
  static Map<String, Object> connection(Map<String, Object> consumer) {
    Map<String, Object> settings =
        ConnectionSettings.of(consumer, AdminClientConfig.configNames()::contains);
    settings.computeIfPresent(AdminClientConfig.CLIENT_ID_CONFIG, (name, id) -> id + "-admin");
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
    return settings;
  }

  @Override
  public CompletionStage<Answer> compacted(Set<String> topics) {
    return ask(admin -> compacted(admin, topics.stream().map(AdminView::resource).toList()));
  }

  @Override
  public CompletionStage<Map<String, String>> of(String topic) {
    return ask(
        admin -> {
          KafkaFuture<Config> answer =
              admin.describeConfigs(List.of(resource(topic))).values().get(resource(topic));
          return answer == null
              ? CompletableFuture.failedFuture(new IllegalStateException("No answer: " + topic))
              : answer.toCompletionStage().thenApply(AdminView::byName);
        });
  }

  private static ConfigResource resource(String topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic);
  }

  private static Map<String, String> byName(Config config) {
    Map<String, String> values = new HashMap<>();
    for (ConfigEntry each : config.entries()) {
      if (each.value() != null) {
        values.put(each.name(), each.value());
      }
    }
    return values;
  }

  private <T> CompletionStage<T> ask(Function<Admin, CompletionStage<T>> question) {
    Admin admin = factory.apply(settings);
    try {
      if (!begin(admin)) {
        throw new IllegalStateException("Closed: nothing is asked any more.");
      }
      return question.apply(admin).whenComplete((answer, failure) -> end(admin));
    } catch (RuntimeException e) {
      end(admin);
      throw e;
    }
  }

  private synchronized boolean begin(Admin admin) {
    return !closed && asking.add(admin);
  }

  private void end(Admin admin) {
    synchronized (this) {
      asking.remove(admin);
    }
    admin.close(AT_ONCE);
  }

  @Override
  public void close() {
    List<Admin> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(asking);
    }
    left.forEach(admin -> admin.close(AT_ONCE));
  }

  private static CompletableFuture<Answer> compacted(Admin admin, List<ConfigResource> resources) {
    Set<String> compacted = ConcurrentHashMap.newKeySet();
    Set<String> unanswered = ConcurrentHashMap.newKeySet();
    CompletableFuture<?>[] answers =
        admin.describeConfigs(resources).values().entrySet().stream()
            .map(each -> look(each.getKey().name(), each.getValue(), compacted, unanswered))
            .toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(answers).thenApply(done -> new Answer(compacted, unanswered));
  }

  /** One topic that may not be described hides none of the others. */
  private static CompletableFuture<?> look(
      String topic, KafkaFuture<Config> answer, Set<String> compacted, Set<String> unanswered) {
    return answer
        .toCompletionStage()
        .toCompletableFuture()
        .handle(
            (config, failure) -> {
              if (isCompacted(config)) {
                compacted.add(topic);
              } else if (mayPass(failure)) {
                unanswered.add(topic);
              }
              return topic;
            });
  }

  private static boolean isCompacted(@Nullable Config config) {
    ConfigEntry policy = config == null ? null : config.get(TopicConfig.CLEANUP_POLICY_CONFIG);
    return policy != null && policy.value().contains(TopicConfig.CLEANUP_POLICY_COMPACT);
  }

  /** A broker that is starting does not answer in time, for one; who may not ask never may. */
  private static boolean mayPass(@Nullable Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof RetriableException;
  }
}
