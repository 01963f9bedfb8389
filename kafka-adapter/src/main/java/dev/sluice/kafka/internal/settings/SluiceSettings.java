package dev.sluice.kafka.internal.settings;

import dev.sluice.kafka.record.ConsumerOptions;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The consumer's own settings among the Kafka properties: those that begin with {@code sluice.}.
 * The names of options derive from the components of {@link ConsumerOptions}, so that none can be
 * forgotten: {@code commitInterval} is {@code sluice.commit.interval.ms}.
 */
public final class SluiceSettings {
  static final String PREFIX = "sluice.";
  static final String TOPICS = PREFIX + "topics";
  static final String PATTERN = PREFIX + "topics.pattern";
  static final String DEAD_LETTER_TOPIC = PREFIX + "dead.letter.topic";
  static final String INSTANCES = PREFIX + "instances";

  private static final RecordComponent[] OPTIONS = ConsumerOptions.class.getRecordComponents();

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
    Stream.of(OPTIONS).map(SluiceSettings::name).forEach(names::add);
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
    return Stream.of(OPTIONS)
        .map(SluiceSettings::name)
        .filter(name -> get(name).isPresent())
        .sorted()
        .findFirst();
  }

  /**
   * The options with what is given in place of their defaults.
   *
   * @throws IllegalArgumentException if a value is of another kind or out of range
   */
  public ConsumerOptions options() {
    ConsumerOptions defaults = ConsumerOptions.defaults();
    Class<?>[] types =
        Arrays.stream(OPTIONS).map(RecordComponent::getType).toArray(Class<?>[]::new);
    List<Object> values = new ArrayList<>();
    try {
      for (RecordComponent option : OPTIONS) {
        Optional<String> text = get(name(option));
        values.add(
            text.isPresent()
                ? parse(name(option), option.getType(), text.get())
                : option.getAccessor().invoke(defaults));
      }
      Constructor<ConsumerOptions> constructor = ConsumerOptions.class.getConstructor(types);
      return constructor.newInstance(values.toArray());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw refused;
      }
      throw new IllegalStateException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  static String name(RecordComponent option) {
    String dotted = option.getName().replaceAll("([A-Z])", ".$1").toLowerCase(Locale.ROOT);
    return PREFIX + dotted + (option.getType() == Duration.class ? ".ms" : "");
  }

  private static Object parse(String name, Class<?> type, String text) {
    if (type == Duration.class) {
      return Duration.ofMillis(number(name, text));
    }
    if (type == long.class) {
      return number(name, text);
    }
    if (type == int.class) {
      return integer(name, number(name, text));
    }
    if (type == boolean.class) {
      return truth(name, text);
    }
    if (type.isEnum()) {
      return constant(name, type, text);
    }
    return text;
  }

  private static long number(String name, String text) {
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

  private static boolean truth(String name, String text) {
    if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
      return Boolean.parseBoolean(text);
    }
    throw new IllegalArgumentException(name + " is '" + text + "'; it must be true or false");
  }

  private static Object constant(String name, Class<?> type, String text) {
    for (Object each : type.getEnumConstants()) {
      if (each.toString().equalsIgnoreCase(text)) {
        return each;
      }
    }
    throw new IllegalArgumentException(
        "%s is '%s'; it must be one of %s"
            .formatted(name, text, Arrays.toString(type.getEnumConstants())));
  }
}
