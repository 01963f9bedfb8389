package dev.sluice.request;

import dev.sluice.request.Failure.Limit;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.dynamodb.model.RequestLimitExceededException;
import software.amazon.awssdk.services.dynamodb.model.ThrottlingException;
import software.amazon.awssdk.services.dynamodb.model.ThrottlingReason;

/**
 * Reads whose limit a throttled request has run into. Used only where the SDK says that. Reasons
 * and resources are data of the API ({@code ThrottlingReason}), and not texts for people.
 */
final class ThrottlingLimits {
  private static final String TABLE_KEYS = "TableWriteKeyRangeThroughputExceeded";
  private static final String INDEX_KEYS = "IndexWriteKeyRangeThroughputExceeded";
  private static final String INDEX = "/index/";

  /** No index has this name. */
  private static final String UNNAMED = "/";

  private ThrottlingLimits() {}

  static Limit of(@Nullable Throwable cause) {
    List<ThrottlingReason> reasons = reasons(cause);
    if (reasons.isEmpty()) {
      return Limit.UNKNOWN;
    }
    return reasons.stream().allMatch(ThrottlingLimits::isOfKeys) ? Limit.KEY_RANGE : Limit.TABLE;
  }

  /** {@return the indexes whose ranges of keys are named, and an empty name for the table's own} */
  static Set<String> ranges(@Nullable Throwable cause) {
    return reasons(cause).stream()
        .filter(ThrottlingLimits::isOfKeys)
        .map(ThrottlingLimits::index)
        .collect(Collectors.toSet());
  }

  private static boolean isOfKeys(ThrottlingReason reason) {
    return TABLE_KEYS.equals(reason.reason()) || INDEX_KEYS.equals(reason.reason());
  }

  /** The name of the index in {@code arn:aws:dynamodb:…:table/orders/index/by-customer}. */
  private static String index(ThrottlingReason reason) {
    String resource = reason.resource();
    int at = resource == null ? -1 : resource.lastIndexOf(INDEX);
    if (resource != null && at >= 0) {
      return resource.substring(at + INDEX.length());
    }
    return INDEX_KEYS.equals(reason.reason()) ? UNNAMED : "";
  }

  private static List<ThrottlingReason> reasons(@Nullable Throwable cause) {
    if (cause instanceof ProvisionedThroughputExceededException exceeded) {
      return exceeded.throttlingReasons();
    } else if (cause instanceof ThrottlingException throttling) {
      return throttling.throttlingReasons();
    } else if (cause instanceof RequestLimitExceededException exceeded) {
      return exceeded.throttlingReasons();
    }
    return List.of();
  }
}
