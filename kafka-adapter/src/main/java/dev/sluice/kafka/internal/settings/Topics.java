package dev.sluice.kafka.internal.settings;

import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.jspecify.annotations.Nullable;

/**
 * The topics to read: by name, or those that match a pattern.
 *
 * @param names their names; empty if there is a pattern
 * @param pattern what whole names have to match, or null
 */
public record Topics(Set<String> names, @Nullable Pattern pattern) {
  /** Copies the names. */
  public Topics {
    names = Set.copyOf(names);
  }

  /**
   * Whether a topic is among them.
   *
   * @param topic its name
   * @return whether it is read, should it exist
   */
  public boolean include(String topic) {
    return pattern == null ? names.contains(topic) : pattern.matcher(topic).matches();
  }

  public void subscribe(Consumer<?, ?> consumer, ConsumerRebalanceListener listener) {
    if (pattern == null) {
      consumer.subscribe(names, listener);
    } else {
      consumer.subscribe(pattern, listener);
    }
  }

  @Override
  public String toString() {
    return pattern == null ? names.toString() : "pattern " + pattern;
  }
}
