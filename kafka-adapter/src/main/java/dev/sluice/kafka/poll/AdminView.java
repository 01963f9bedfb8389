package dev.sluice.kafka.poll;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
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

/** Asks the brokers which topics are compacted; needs DescribeConfigs on them. */
public final class AdminView implements CleanupPolicies {
  private static final int PATIENCE_MILLIS = 10_000;

  private final Map<String, Object> settings = new HashMap<>();
  private final Function<Map<String, Object>, Admin> factory;

  /**
   * Connects when it is asked.
   *
   * @param consumer settings of the consumer, whose connection is used
   * @param factory makes the client
   */
  public AdminView(Map<String, Object> consumer, Function<Map<String, Object>, Admin> factory) {
    this.factory = factory;
    consumer.forEach(
        (name, value) -> {
          if (AdminClientConfig.configNames().contains(name)) {
            settings.put(name, value);
          }
        });
    settings.computeIfPresent(AdminClientConfig.CLIENT_ID_CONFIG, (name, id) -> id + "-admin");
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
  }

  @Override
  public CompletionStage<Set<String>> compacted(Set<String> topics) {
    List<ConfigResource> resources =
        topics.stream().map(each -> new ConfigResource(ConfigResource.Type.TOPIC, each)).toList();
    Admin admin = factory.apply(settings);
    try {
      return ask(admin, resources).whenComplete((found, failure) -> admin.close(Duration.ZERO));
    } catch (RuntimeException e) {
      admin.close(Duration.ZERO);
      throw e;
    }
  }

  private static CompletableFuture<Set<String>> ask(Admin admin, List<ConfigResource> resources) {
    Set<String> compacted = ConcurrentHashMap.newKeySet();
    CompletableFuture<?>[] answers =
        admin.describeConfigs(resources).values().entrySet().stream()
            .map(each -> look(each.getValue(), () -> compacted.add(each.getKey().name())))
            .toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(answers).handle((done, failure) -> Set.copyOf(compacted));
  }

  /** One topic that may not be described hides none of the others. */
  private static CompletableFuture<Void> look(KafkaFuture<Config> answer, Runnable compacted) {
    return answer
        .toCompletionStage()
        .toCompletableFuture()
        .thenAccept(
            config -> {
              ConfigEntry policy = config.get(TopicConfig.CLEANUP_POLICY_CONFIG);
              if (policy != null && policy.value().contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
                compacted.run();
              }
            });
  }
}
