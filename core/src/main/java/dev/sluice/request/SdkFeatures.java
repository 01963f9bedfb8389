package dev.sluice.request;

import dev.sluice.model.ConfigurationException;
import java.util.List;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;

/**
 * Knows what the AWS SDK on the class path has, whichever version a service brings. What cannot be
 * done without is required at the start; what helps is used where it is there. Looked up once,
 * since a method that is missing would else be met at the first throttle or the first duplicate.
 */
public final class SdkFeatures {
  /** The first version with all that is required: found by looking into the released jars. */
  static final String OLDEST = "2.20.96";

  private static final String ALL_OLD = "returnValuesOnConditionCheckFailure";

  /** Whether exceptions say whose limit a throttled request has run into; since 2.32.23. */
  static final boolean THROTTLING_REASONS =
      has(ProvisionedThroughputExceededException.class, "throttlingReasons");

  private SdkFeatures() {}

  /**
   * Requires what a writer cannot do without.
   *
   * @throws ConfigurationException if the SDK is too old; says which version it is
   */
  public static void require() {
    require(
        List.of(
            PutItemRequest.Builder.class,
            DeleteItemRequest.Builder.class,
            BatchStatementRequest.Builder.class),
        ALL_OLD,
        version());
  }

  static void require(List<Class<?>> types, String method, String version) {
    for (Class<?> type : types) {
      if (!has(type, method)) {
        throw new ConfigurationException(
            "The AWS SDK on the class path is version "
                + version
                + ", which is too old: it has no "
                + type.getName()
                + '.'
                + method
                + ". Sluice needs software.amazon.awssdk:dynamodb "
                + OLDEST
                + " or later.");
      }
    }
  }

  static boolean has(Class<?> type, String method) {
    for (var each : type.getMethods()) {
      if (each.getName().equals(method)) {
        return true;
      }
    }
    return false;
  }

  /** {@return the version of the SDK, as far as it says} */
  static String version() {
    try {
      // A constant, which the compiler would put in as it is at compile time.
      Class<?> info =
          Class.forName(
              "software.amazon.awssdk.core.util.VersionInfo",
              false,
              SdkClient.class.getClassLoader());
      return String.valueOf(info.getField("SDK_VERSION").get(null));
    } catch (ReflectiveOperationException e) {
      return "unknown";
    }
  }
}
