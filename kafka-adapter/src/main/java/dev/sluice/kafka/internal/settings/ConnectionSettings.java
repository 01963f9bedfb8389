package dev.sluice.kafka.internal.settings;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Passes on how the consumer connects to the clients that connect alike, and looks up what settings
 * leave to Kafka's {@code config.providers}.
 */
public final class ConnectionSettings {
  private static final Set<String> KAFKAS_OWN = new HashSet<>();

  static {
    KAFKAS_OWN.addAll(ConsumerConfig.configNames());
    KAFKAS_OWN.addAll(ProducerConfig.configNames());
    KAFKAS_OWN.addAll(AdminClientConfig.configNames());
  }

  private ConnectionSettings() {}

  /**
   * Chooses those settings of a client that another one is to have.
   *
   * @param given the settings of the client
   * @param shared which of Kafka's own settings both have
   * @return these, and all that are none of Kafka's own: what they configure (providers, an engine
   *     for SSL, a callback of SASL) is named by the others
   */
  public static Map<String, Object> of(Map<String, Object> given, Predicate<String> shared) {
    Map<String, Object> chosen = new HashMap<>();
    given.forEach(
        (name, value) -> {
          if (KAFKAS_OWN.contains(name) ? shared.test(name) : !isOurs(name)) {
            chosen.put(name, value);
          }
        });
    return chosen;
  }

  private static boolean isOurs(String name) {
    return name.startsWith(SluiceSettings.PREFIX);
  }

  /**
   * Looks up the values of settings that Sluice itself goes by, where they name a provider's
   * ({@code ${file:…}}). All others stay as they are: a client looks its own up, and secrets are
   * not held here.
   *
   * @param given settings, those of the providers among them
   * @param names the names to look up; all that begin with {@code sluice.} are looked up, too
   * @return the settings with those values
   * @throws org.apache.kafka.common.config.ConfigException if a provider cannot be made
   */
  public static Map<String, Object> lookUp(Map<String, Object> given, Collection<String> names) {
    Map<String, Object> found = new HashMap<>(given);
    Map<String, Object> named = new HashMap<>();
    given.forEach(
        (name, value) -> {
          if (value instanceof String text
              && text.contains("${")
              && (names.contains(name) || isOurs(name))) {
            named.put(name, value);
          }
        });
    if (!named.isEmpty()) {
      given.forEach(
          (name, value) -> {
            if (name.startsWith(AbstractConfig.CONFIG_PROVIDERS_CONFIG)) {
              named.put(name, value);
            }
          });
      Map<String, Object> values =
          new AbstractConfig(new ConfigDef(), named, Map.of(), false).originals();
      named.keySet().forEach(name -> found.put(name, values.get(name)));
    }
    return found;
  }
}
