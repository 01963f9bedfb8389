package dev.sluice.kafka.internal.settings;

import dev.sluice.kafka.record.ConsumerOptions;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Brings together what was given to the builder and what the properties say. Each may say each
 * thing; that both say it is refused, so that neither silently loses.
 */
public final class GivenSettings {
  private static final int MOST_INSTANCES = 1_000;

  private final SluiceSettings properties;

  public GivenSettings(SluiceSettings properties) {
    this.properties = properties;
  }

  public Topics topics(Set<String> names, @Nullable Pattern pattern) {
    boolean built = !names.isEmpty() || pattern != null;
    refuseBoth(built, SluiceSettings.TOPICS, "topics");
    refuseBoth(built, SluiceSettings.PATTERN, "topics");
    Topics given =
        built
            ? new Topics(names, pattern)
            : new Topics(
                Set.copyOf(properties.list(SluiceSettings.TOPICS)),
                properties.get(SluiceSettings.PATTERN).map(GivenSettings::compile).orElse(null));
    if (given.pattern() != null && !given.names().isEmpty()) {
      throw new IllegalArgumentException(
          "topics is %s, and there is a pattern as well (%s); it must be one of them"
              .formatted(given.names(), given.pattern()));
    }
    if (given.pattern() == null
        && (given.names().isEmpty() || given.names().stream().anyMatch(String::isBlank))) {
      throw new IllegalArgumentException(
          "topics is " + given.names() + "; it must name one or more");
    }
    return given;
  }

  public @Nullable String deadLetterTopic(@Nullable String built, Topics read) {
    refuseBoth(built != null, SluiceSettings.DEAD_LETTER_TOPIC, "deadLetterTopic");
    String topic =
        built != null ? built : properties.get(SluiceSettings.DEAD_LETTER_TOPIC).orElse(null);
    if (topic != null && (topic.isBlank() || read.include(topic))) {
      throw new IllegalArgumentException(
          "deadLetterTopic is '%s'; it must be a topic that is not read, and %s is read"
              .formatted(topic, read));
    }
    return topic;
  }

  public int instances(@Nullable Integer built) {
    refuseBoth(built != null, SluiceSettings.INSTANCES, "instances");
    int count =
        built != null
            ? built
            : SluiceSettings.integer(
                SluiceSettings.INSTANCES, properties.number(SluiceSettings.INSTANCES).orElse(1L));
    if (count < 1 || count > MOST_INSTANCES) {
      throw new IllegalArgumentException(
          "instances is %d; it must be from 1 to %d".formatted(count, MOST_INSTANCES));
    }
    return count;
  }

  public ConsumerOptions options(@Nullable ConsumerOptions built) {
    properties.firstOption().ifPresent(name -> refuseBoth(built != null, name, "options"));
    return built != null ? built : properties.options();
  }

  private void refuseBoth(boolean built, String property, String method) {
    if (built && properties.get(property).isPresent()) {
      throw new IllegalArgumentException(
          "%s is given as a property, and %s(…) on the builder; it must be one of them"
              .formatted(property, method));
    }
  }

  private static Pattern compile(String regex) {
    try {
      return Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "%s is '%s'; it must be a regular expression (%s)"
              .formatted(SluiceSettings.PATTERN, regex, e.getDescription()),
          e);
    }
  }
}
