package dev.sluice.request;

import static java.util.Map.entry;

import dev.sluice.request.Failure.Kind;
import java.util.Map;

/**
 * Says what the error codes of DynamoDB mean. It holds the codes of DynamoDB's API reference, and
 * those that the SDK retries for every service (aws-core's {@code AwsErrorCode}).
 *
 * <p>One thing has several names: an exception's code, the code of a statement and the code of a
 * cancellation reason. They differ in the ending {@code Exception}, which does not count here.
 */
final class ErrorCatalogue {
  private static final String ENDING = "Exception";

  private static final Map<String, Kind> KINDS =
      Map.ofEntries(
          entry("ProvisionedThroughputExceeded", Kind.THROTTLED),
          entry("Throttling", Kind.THROTTLED),
          entry("ThrottlingError", Kind.THROTTLED),
          entry("Throttled", Kind.THROTTLED),
          entry("EC2Throttled", Kind.THROTTLED),
          entry("RequestLimitExceeded", Kind.THROTTLED),
          entry("RequestThrottled", Kind.THROTTLED),
          entry("TooManyRequests", Kind.THROTTLED),
          entry("SlowDown", Kind.THROTTLED),
          entry("BandwidthLimitExceeded", Kind.THROTTLED),
          entry("TransactionConflict", Kind.PASSING),
          entry("TransactionInProgress", Kind.PASSING),
          entry(Failure.TOKEN_TAKEN, Kind.PASSING),
          entry("ReplicatedWriteConflict", Kind.PASSING),
          entry("LimitExceeded", Kind.PASSING),
          entry("ResourceInUse", Kind.PASSING),
          entry("PriorRequestNotComplete", Kind.PASSING),
          entry("InternalServerError", Kind.UNKNOWN),
          entry("InternalServer", Kind.UNKNOWN),
          entry("InternalFailure", Kind.UNKNOWN),
          entry("InternalError", Kind.UNKNOWN),
          entry("ServiceUnavailable", Kind.UNKNOWN),
          entry("RequestTimeout", Kind.UNKNOWN),
          entry(Failure.NO_ANSWER, Kind.UNKNOWN),
          entry("Validation", Kind.RECORD),
          entry("ValidationError", Kind.RECORD),
          entry("ItemCollectionSizeLimitExceeded", Kind.RECORD),
          entry("Serialization", Kind.RECORD),
          entry("RequestEntityTooLarge", Kind.RECORD),
          entry("AccessDenied", Kind.SYSTEM),
          entry("ResourceNotFound", Kind.SYSTEM),
          entry("TableNotFound", Kind.SYSTEM),
          entry("UnknownOperation", Kind.SYSTEM),
          entry("UnsupportedOperation", Kind.SYSTEM));

  private ErrorCatalogue() {}

  /**
   * The kind of a failure.
   *
   * @param code the service's error code; empty if it gave none
   * @param status the status of the HTTP response; 0 for a part of a successful one
   * @return what it means; {@link Kind#SYSTEM_IF_LASTING} for a code that is not known
   */
  static Kind kindOf(String code, int status) {
    Kind kind = KINDS.get(stem(code));
    if (kind != null) {
      return kind;
    }
    if (status == 429) {
      return Kind.THROTTLED;
    }
    if (status == 413 && !code.isEmpty()) {
      return Kind.RECORD;
    }
    boolean saysNothing = status == 0 && code.isEmpty();
    return saysNothing || status >= 500 || status == 408 ? Kind.UNKNOWN : Kind.SYSTEM_IF_LASTING;
  }

  /** {@return a code without the ending that only some of its forms have} */
  static String stem(String code) {
    return code.endsWith(ENDING) ? code.substring(0, code.length() - ENDING.length()) : code;
  }
}
