package dev.sluice.kafka.internal.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsResult;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;

class AdminViewTest {
  private final Map<ConfigResource, KafkaFuture<Config>> answers = new HashMap<>();
  private int open;
  private final Admin admin =
      (Admin)
          Proxy.newProxyInstance(
              Admin.class.getClassLoader(),
              new Class<?>[] {Admin.class},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "describeConfigs" -> new DescribeConfigsResult(answers) {};
                    case "close" -> --open;
                    case "hashCode" -> 7;
                    case "equals" -> proxy == arguments[0];
                    default -> throw new UnsupportedOperationException(method.getName());
                  });
  private final AdminView view =
      new AdminView(
          Map.of(),
          settings -> {
            open++;
            return admin;
          });

  private KafkaFutureImpl<Config> asked(String topic) {
    var answer = new KafkaFutureImpl<Config>();
    answers.put(new ConfigResource(ConfigResource.Type.TOPIC, topic), answer);
    return answer;
  }

  private CompletableFuture<CleanupPolicies.Answer> ask() {
    return view.compacted(Set.of("a", "b", "c", "d")).toCompletableFuture();
  }

  @Test
  void whatIsRefusedIsNotAskedAgainAndWhatWasNotAnsweredIs() {
    asked("a").complete(new Config(List.of(new ConfigEntry("cleanup.policy", "compact,delete"))));
    asked("b").complete(new Config(List.of(new ConfigEntry("cleanup.policy", "delete"))));
    asked("c").completeExceptionally(new TopicAuthorizationException("no"));
    asked("d").completeExceptionally(new TimeoutException("a broker is starting"));

    assertThat(ask()).isCompletedWithValue(new CleanupPolicies.Answer(Set.of("a"), Set.of("d")));
    assertThat(open).isZero();
  }

  @Test
  void theSettingsOfATopicAreToldByName() {
    asked("a").complete(new Config(List.of(new ConfigEntry("cleanup.policy", "compact"))));
    asked("b")
        .complete(
            new Config(
                List.of(
                    new ConfigEntry("cleanup.policy", "delete"),
                    new ConfigEntry("retention.ms", "7"),
                    new ConfigEntry("without", null))));
    assertThat(view.of("b").toCompletableFuture())
        .isCompletedWithValue(Map.of("cleanup.policy", "delete", "retention.ms", "7"));
    assertThat(view.of("c").toCompletableFuture()).isCompletedExceptionally();
    assertThat(open).isZero();
  }

  @Test
  void whatConfiguresAConnectionReachesIt() {
    assertThat(
            AdminView.connection(
                Map.of(
                    "bootstrap.servers", "a:1",
                    "config.providers", "vault",
                    "config.providers.vault.class", "com.example.Vault",
                    "com.example.engine.slot", 7,
                    "group.id", "billing",
                    "acks", "all")))
        .containsEntry("config.providers.vault.class", "com.example.Vault")
        .containsEntry("com.example.engine.slot", 7)
        .doesNotContainKeys("group.id", "acks");
  }

  @Test
  void whatIsStillAskedEndsWithIt() {
    var unused = asked("a");
    var answer = ask();
    assertThat(open).isEqualTo(1);

    view.close();

    assertThat(answer).isNotDone();
    assertThat(open).isZero();
    assertThatThrownBy(this::ask).isInstanceOf(IllegalStateException.class);
    assertThat(open).isZero();
  }
}
