package dev.sluice.kafka.internal.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.junit.jupiter.api.Test;

/** C36: what a client needs to connect reaches only some of the clients. */
class ConnectionSettingsTest {

  /** Has {@code found-} and the key for each key, and numbers as they are. */
  public static final class Vault implements ConfigProvider {
    @Override
    public ConfigData get(String path) {
      return new ConfigData(Map.of());
    }

    @Override
    public ConfigData get(String path, Set<String> keys) {
      return new ConfigData(
          keys.stream()
              .collect(
                  Collectors.toMap(key -> key, key -> key.matches("\\d+") ? key : "found-" + key)));
    }

    @Override
    public void configure(Map<String, ?> settings) {
      // Nothing to configure.
    }

    @Override
    public void close() {
      // Nothing to close.
    }
  }

  private final Map<String, Object> given =
      new HashMap<>(
          Map.of(
              "bootstrap.servers",
              "${vault:brokers}",
              "group.id",
              "${vault:group}",
              "max.poll.interval.ms",
              "${vault:300007}",
              "config.providers",
              "vault",
              "config.providers.vault.class",
              Vault.class.getName(),
              "config.providers.vault.param.token",
              "t",
              "ssl.engine.factory.class",
              "com.example.Engine",
              "com.example.engine.slot",
              7,
              "sasl.login.callback.handler.class",
              "com.example.Login"));

  @Test
  void whatConfiguresAConnectionReachesTheProducerOfDeadLetters() {
    Map<String, Object> producer =
        DeadLetterProperties.derive(given, Map.of("max.block.ms", "${vault:409}"));

    assertThat(producer)
        .containsEntry("bootstrap.servers", "${vault:brokers}")
        .containsEntry("config.providers", "vault")
        .containsEntry("config.providers.vault.param.token", "t")
        .containsEntry("ssl.engine.factory.class", "com.example.Engine")
        .containsEntry("com.example.engine.slot", 7)
        .containsEntry("sasl.login.callback.handler.class", "com.example.Login")
        .containsEntry("max.block.ms", "409")
        .doesNotContainKeys("group.id", "max.poll.interval.ms");
  }

  @Test
  void whatConfiguresAConnectionReachesAReplay() {
    Map<String, Object> own = new HashMap<>(given);
    own.put("bootstrap.servers", "other:1");
    own.put("com.example.engine.slot", 9);

    assertThat(ReplayProperties.complete(given, own, "replay", 7))
        .containsEntry("bootstrap.servers", "other:1")
        .containsEntry("com.example.engine.slot", 9)
        .containsEntry("config.providers.vault.param.token", "t");
  }

  @Test
  void whatIsGoneByIsLookedUpAndNoMore() {
    given.put("sluice.topics", "${vault:payments}");
    Map<String, Object> found = ConsumerProperties.lookUp(given);

    assertThat(found)
        .containsEntry("group.id", "found-group")
        .containsEntry("max.poll.interval.ms", "300007")
        .containsEntry("sluice.topics", "found-payments")
        .containsEntry("bootstrap.servers", "${vault:brokers}");
    assertThat(ReplayProperties.consumerGroup(given)).isEqualTo("found-group");
  }

  @Test
  void acknowledgementsAreCheckedByWhatTheProviderHas() {
    assertThatThrownBy(() -> DeadLetterProperties.derive(given, Map.of("acks", "${vault:1}")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("acks is 1");
  }
}
