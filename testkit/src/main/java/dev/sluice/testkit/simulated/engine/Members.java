package dev.sluice.testkit.simulated.engine;

import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks the members of a request that the SDK's model lets through: nulls and unknown words. */
final class Members {

  private Members() {}

  /** The same list, without null in it. */
  static <T> List<T> present(List<T> members, String name) {
    if (members.stream().anyMatch(Objects::isNull)) {
      throw validation("a member of " + name + " is missing");
    }
    return members;
  }

  /** The same map, without null in it. */
  static <V> Map<String, V> present(Map<String, V> members, String name) {
    if (members.values().stream().anyMatch(Objects::isNull)) {
      throw validation("a member of " + name + " is missing");
    }
    return members;
  }

  /** Refuses a word that the SDK does not know, for which its model has a constant. */
  static <E extends Enum<E>> void known(@Nullable E word, String name) {
    if (word != null && word.name().equals("UNKNOWN_TO_SDK_VERSION")) {
      throw validation("there is no such " + name);
    }
  }
}
