package dev.sluice.request;

import dev.sluice.request.Failure.Limit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.dynamodb.model.RequestLimitExceededException;
import software.amazon.awssdk.services.dynamodb.model.ThrottlingException;
import software.amazon.awssdk.services.dynamodb.model.ThrottlingReason;

/** Reads whose limit a throttled request has run into. Used only where the SDK says that. */
final class ThrottlingLimits {
  private static final String KEY_RANGE_REASON = "TableWriteKeyRangeThroughputExceeded";

  private ThrottlingLimits() {}

  static Limit of(@Nullable Throwable cause) {
    List<ThrottlingReason> reasons = List.of();
    if (cause instanceof ProvisionedThroughputExceededException exceeded) {
      reasons = exceeded.throttlingReasons();
    } else if (cause instanceof ThrottlingException throttling) {
      reasons = throttling.throttlingReasons();
    } else if (cause instanceof RequestLimitExceededException exceeded) {
      reasons = exceeded.throttlingReasons();
    }
    if (reasons.isEmpty()) {
      return Limit.UNKNOWN;
    }
    boolean onlyKeys =
        reasons.stream().map(ThrottlingReason::reason).allMatch(KEY_RANGE_REASON::equals);
    return onlyKeys ? Limit.KEY_RANGE : Limit.TABLE;
  }
}
