package dev.sluice.testkit.simulated.client;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbResponse;

/** Gives replies what they have over HTTP: a status, and the service's time as {@code Date}. */
final class ServiceResponses {

  private long second = Long.MIN_VALUE;
  private SdkHttpResponse ok = response(200, Instant.EPOCH);

  DynamoDbResponse dated(DynamoDbResponse response, Instant now) {
    if (now.getEpochSecond() != second) {
      second = now.getEpochSecond();
      ok = response(200, now);
    }
    return (DynamoDbResponse) response.toBuilder().sdkHttpResponse(ok).build();
  }

  static DynamoDbException dated(DynamoDbException error, Instant now) {
    var details = error.awsErrorDetails().toBuilder();
    details.sdkHttpResponse(response(error.statusCode(), now));
    var dated = error.toBuilder().awsErrorDetails(details.build());
    dated.writableStackTrace(false);
    return (DynamoDbException) dated.build();
  }

  private static SdkHttpResponse response(int status, Instant now) {
    return SdkHttpResponse.builder()
        .statusCode(status)
        .putHeader(
            "Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC)))
        .build();
  }
}
