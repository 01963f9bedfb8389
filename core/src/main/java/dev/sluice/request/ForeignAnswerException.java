package dev.sluice.request;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * A response that the SDK takes for success, though DynamoDB cannot have given it: what stands
 * before it answers for it. DynamoDB answers with status 200 and a JSON object, empty at least.
 */
final class ForeignAnswerException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int OK = 200;

  private ForeignAnswerException() {
    super(
        "Something before DynamoDB has answered for it: a proxy, a gateway or a portal.",
        null,
        false,
        false);
  }

  /**
   * Lets a response of DynamoDB's through.
   *
   * @param response a response that the SDK takes for success
   * @return the response
   * @throws ForeignAnswerException if it is not DynamoDB's
   */
  static <R extends @Nullable AwsResponse> R check(R response) {
    SdkHttpResponse http = response == null ? null : response.sdkHttpResponse();
    if (http != null && isForeign(http)) {
      throw new ForeignAnswerException();
    }
    return response;
  }

  private static boolean isForeign(SdkHttpResponse http) {
    return http.statusCode() > OK
        || http.firstMatchingHeader("Content-Length").filter("0"::equals).isPresent()
        || http.firstMatchingHeader("Content-Type")
            .filter(type -> !type.toLowerCase(Locale.ROOT).contains("json"))
            .isPresent();
  }
}
