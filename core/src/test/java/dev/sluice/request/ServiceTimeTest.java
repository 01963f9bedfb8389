package dev.sluice.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;

/** Claims expire by the service's time, whatever the local clock says. */
class ServiceTimeTest {
  private static final Instant SERVICE = Instant.parse("2026-03-01T12:00:00Z");

  private static SdkHttpResponse dated(String date) {
    return SdkHttpResponse.builder().statusCode(200).putHeader("Date", date).build();
  }

  private static String date(Instant instant) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(instant.atOffset(ZoneOffset.UTC));
  }

  private static PutItemResponse reply(String date) {
    return (PutItemResponse) PutItemResponse.builder().sdkHttpResponse(dated(date)).build();
  }

  private static ServiceTime local(long secondsAhead) {
    return new ServiceTime(InstantSource.fixed(SERVICE.plusSeconds(secondsAhead)));
  }

  @Test
  void aClockThatIsDaysAheadIsPutRight() {
    ServiceTime time = local(20 * 86_400);
    time.observe(reply(date(SERVICE)), null);

    assertThat(time.epochSeconds()).isEqualTo(SERVICE.getEpochSecond());
  }

  @Test
  void aFailureCarriesTheTimeToo() {
    ServiceTime time = local(-3600);
    time.observe(
        null,
        ConditionalCheckFailedException.builder()
            .awsErrorDetails(
                AwsErrorDetails.builder().sdkHttpResponse(dated(date(SERVICE))).build())
            .build());

    assertThat(time.epochSeconds()).isEqualTo(SERVICE.getEpochSecond());
  }

  @Test
  void secondsAreNotWorthCorrecting() {
    ServiceTime time = local(3);
    time.observe(reply(date(SERVICE)), null);

    assertThat(time.epochSeconds()).isEqualTo(SERVICE.getEpochSecond() + 3);
  }

  @Test
  void aDateThatIsNoneIsPassedOver() {
    ServiceTime time = local(3600);
    time.observe(reply("yesterday"), null);

    assertThat(time.epochSeconds()).isEqualTo(SERVICE.getEpochSecond() + 3600);
  }
}
