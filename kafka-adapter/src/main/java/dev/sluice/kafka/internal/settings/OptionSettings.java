package dev.sluice.kafka.internal.settings;

import dev.sluice.kafka.record.ConsumerOptions;
import dev.sluice.kafka.record.ConsumerOptions.DeadLetterFailure;
import dev.sluice.kafka.record.ConsumerOptionsBuilder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Reads {@link ConsumerOptions} from settings: an option's setting has its name in lower case with
 * dots, and times are in milliseconds.
 */
final class OptionSettings {
  private static final String RETRY_MIN = SluiceSettings.PREFIX + "retry.backoff.min.ms";
  private static final String RETRY_MAX = SluiceSettings.PREFIX + "retry.backoff.max.ms";

  /** By the setting's name: takes the setting's text. */
  private static final SortedMap<String, BiConsumer<ConsumerOptionsBuilder, String>> OPTIONS =
      new TreeMap<>();

  static {
    integer("max.open.records", ConsumerOptionsBuilder::maxOpenRecords);
    number("max.open.bytes", ConsumerOptionsBuilder::maxOpenBytes);
    number("max.offset.span", ConsumerOptionsBuilder::maxOffsetSpan);
    time("commit.interval.ms", ConsumerOptionsBuilder::commitInterval);
    time("commit.timeout.ms", ConsumerOptionsBuilder::commitTimeout);
    time("drain.timeout.ms", ConsumerOptionsBuilder::drainTimeout);
    time("poll.timeout.ms", ConsumerOptionsBuilder::pollTimeout);
    integer("commit.records", ConsumerOptionsBuilder::commitRecords);
    time("lag.interval.ms", ConsumerOptionsBuilder::lagInterval);
    time("max.record.age.ms", ConsumerOptionsBuilder::maxRecordAge);
    option("event.time.header", (name, text) -> text, ConsumerOptionsBuilder::eventTimeHeader);
    truth("read.uncommitted", ConsumerOptionsBuilder::readUncommitted);
    truth("allow.interceptors", ConsumerOptionsBuilder::allowInterceptors);
    option(
        "dead.letter.failure", OptionSettings::failure, ConsumerOptionsBuilder::deadLetterFailure);
  }

  private OptionSettings() {}

  /** {@return the names of all settings that are options, in their order} */
  static Set<String> names() {
    Set<String> names = new TreeSet<>(OPTIONS.keySet());
    names.addAll(List.of(RETRY_MIN, RETRY_MAX));
    return names;
  }

  /**
   * The options with what is given in place of their defaults.
   *
   * @param given the text of a setting by its name, if it is given
   * @throws IllegalArgumentException if a value is of another kind or out of range
   */
  static ConsumerOptions options(Function<String, Optional<String>> given) {
    ConsumerOptions defaults = ConsumerOptions.defaults();
    ConsumerOptionsBuilder options = ConsumerOptions.builder();
    OPTIONS.forEach((name, set) -> given.apply(name).ifPresent(text -> set.accept(options, text)));
    options.retryBackoff(
        given
            .apply(RETRY_MIN)
            .map(text -> millis(RETRY_MIN, text))
            .orElse(defaults.retryBackoffMin()),
        given
            .apply(RETRY_MAX)
            .map(text -> millis(RETRY_MAX, text))
            .orElse(defaults.retryBackoffMax()));
    return options.build();
  }

  private static <T> void option(
      String shortName,
      BiFunction<String, String, T> parser,
      BiConsumer<ConsumerOptionsBuilder, T> setter) {
    String name = SluiceSettings.PREFIX + shortName;
    OPTIONS.put(name, (options, text) -> setter.accept(options, parser.apply(name, text)));
  }

  private static void time(String name, BiConsumer<ConsumerOptionsBuilder, Duration> setter) {
    option(name, OptionSettings::millis, setter);
  }

  private static void number(String name, BiConsumer<ConsumerOptionsBuilder, Long> setter) {
    option(name, SluiceSettings::number, setter);
  }

  private static void integer(String name, BiConsumer<ConsumerOptionsBuilder, Integer> setter) {
    option(
        name,
        (full, text) -> SluiceSettings.integer(full, SluiceSettings.number(full, text)),
        setter);
  }

  private static void truth(String name, BiConsumer<ConsumerOptionsBuilder, Boolean> setter) {
    option(name, OptionSettings::truth, setter);
  }

  private static Duration millis(String name, String text) {
    return Duration.ofMillis(SluiceSettings.number(name, text));
  }

  private static boolean truth(String name, String text) {
    if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
      return Boolean.parseBoolean(text);
    }
    throw new IllegalArgumentException(name + " is '" + text + "'; it must be true or false");
  }

  private static DeadLetterFailure failure(String name, String text) {
    for (DeadLetterFailure each : DeadLetterFailure.values()) {
      if (each.toString().equalsIgnoreCase(text)) {
        return each;
      }
    }
    throw new IllegalArgumentException(
        "%s is '%s'; it must be one of %s"
            .formatted(name, text, Arrays.toString(DeadLetterFailure.values())));
  }
}
