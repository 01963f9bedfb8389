package dev.sluice.kafka.internal.settings;

import dev.sluice.kafka.record.ConsumerOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The consumer's own settings among the Kafka properties: those that begin with {@code sluice.}.
 * {@link OptionSettings} names those of {@link ConsumerOptions}.
 */
public final class SluiceSettings {
  static final String PREFIX = "sluice.";
  static final String TOPICS = PREFIX + "topics";
  static final String PATTERN = PREFIX + "topics.pattern";
  static final String DEAD_LETTER_TOPIC = PREFIX + "dead.letter.topic";
  static final String INSTANCES = PREFIX + "instances";

  private final Map<String, String> given = new TreeMap<>();

  /**
   * Takes the settings out of the properties.
   *
   * @throws IllegalArgumentException if a name is not known
   */
  public SluiceSettings(Map<String, Object> properties) {
    for (String name : new TreeSet<>(properties.keySet())) {
      if (name.startsWith(PREFIX)) {
        given.put(name, Objects.toString(properties.remove(name), "").trim());
      }
    }
    Set<String> known = names();
    for (String name : given.keySet()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "%s is not known; did you mean %s? Known are %s"
                .formatted(name, Spelling.nearest(name, known), String.join(", ", known)));
      }
    }
  }

  /** All names that are known. */
  public static Set<String> names() {
    Set<String> names = new TreeSet<>(List.of(TOPICS, PATTERN, DEAD_LETTER_TOPIC, INSTANCES));
    names.addAll(OptionSettings.names());
    return names;
  }

  /** The value of a name, unless it is absent or empty. */
  Optional<String> get(String name) {
    return Optional.ofNullable(given.get(name)).filter(value -> !value.isEmpty());
  }

  List<String> list(String name) {
    return get(name).stream()
        .flatMap(value -> Arrays.stream(value.split(",", -1)))
        .map(String::trim)
        .toList();
  }

  /** A whole number, if the name is given. */
  Optional<Long> number(String name) {
    return get(name).map(value -> number(name, value));
  }

  /** The first name given that is an option, in the order of names. */
  Optional<String> firstOption() {
    return OptionSettings.names().stream().filter(name -> get(name).isPresent()).findFirst();
  }

  /**
   * The options with what is given in place of their defaults.
   *
   * @throws IllegalArgumentException if a value is of another kind or out of range
   */
  public ConsumerOptions options() {
    return OptionSettings.options(this::get);
  }

  static long number(String name, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " is '" + text + "'; it must be a whole number", e);
    }
  }

  static int integer(String name, long value) {
    if (value != (int) value) {
      throw new IllegalArgumentException(
          name + " is " + value + "; it must be at most " + Integer.MAX_VALUE);
    }
    return (int) value;
  }
}
