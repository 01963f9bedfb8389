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
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ThrottlingException;

/** Claims expire by two clocks, whatever one of them says. */
class ServiceTimeTest {
  private static final Instant SERVICE = Instant.parse("2026-03-01T12:00:00Z");
  private static final long DAY = 86_400;

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

  /** A local clock that may be set, a service's time, and what an answer tells of it. */
  private static final class Watched {
    private long passed;
    private long localAhead;
    private final ServiceTime time =
        new ServiceTime(
            () -> SERVICE.plusSeconds(passed + localAhead), () -> SERVICE.plusSeconds(passed));

    void answer(long ahead) {
      time.observe(reply(date(SERVICE.plusSeconds(passed + ahead))), null);
    }

    long earliest() {
      return time.earliestSeconds() - SERVICE.getEpochSecond() - passed;
    }

    long latest() {
      return time.latestSeconds() - SERVICE.getEpochSecond() - passed;
    }
  }

  @Test
  void aClockThatIsDaysAheadIsPutRight() {
    ServiceTime time = local(20 * DAY);
    time.observe(reply(date(SERVICE)), null);

    assertThat(time.epochSeconds()).isEqualTo(SERVICE.getEpochSecond());
    assertThat(time.earliestSeconds()).isEqualTo(SERVICE.getEpochSecond());
    assertThat(time.latestSeconds()).isEqualTo(SERVICE.getEpochSecond() + 20 * DAY);
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
    assertThat(time.earliestSeconds()).isEqualTo(time.latestSeconds());
  }

  @Test
  void aDateThatIsNoneIsPassedOver() {
    ServiceTime time = local(3600);
    time.observe(reply("yesterday"), null);

    assertThat(time.epochSeconds()).isEqualTo(SERVICE.getEpochSecond() + 3600);
    assertThat(time.earliestSeconds()).isEqualTo(SERVICE.getEpochSecond() + 3600);
  }

  @Test
  void nothingHasExpiredBeforeTheFirstAnswer() {
    ServiceTime time = local(20 * DAY);

    assertThat(time.earliestSeconds()).isEqualTo(ServiceTime.UNKNOWN);
    assertThat(time.hasPassed(SERVICE.getEpochSecond())).isFalse();
    time.observe(PutItemResponse.builder().build(), null);
    assertThat(time.hasPassed(SERVICE.getEpochSecond())).isTrue();
  }

  @Test
  void whatStandsBetweenIsNotBelieved() {
    var details = AwsErrorDetails.builder().sdkHttpResponse(dated(date(SERVICE)));
    ServiceTime time = local(30 * DAY);
    time.observe(
        null, DynamoDbException.builder().statusCode(503).awsErrorDetails(details.build()).build());
    time.observe(
        null,
        DynamoDbException.builder()
            .statusCode(503)
            .requestId("of a proxy")
            .awsErrorDetails(details.errorCode("ServiceUnavailable").build())
            .build());
    time.observe(null, ThrottlingException.builder().awsErrorDetails(details.build()).build());

    assertThat(time.epochSeconds()).isEqualTo(SERVICE.getEpochSecond() + 30 * DAY);
    assertThat(time.earliestSeconds()).isEqualTo(ServiceTime.UNKNOWN);
    time.observe(
        null,
        ThrottlingException.builder().requestId("own").awsErrorDetails(details.build()).build());
    assertThat(time.epochSeconds()).isEqualTo(SERVICE.getEpochSecond());
  }

  @Test
  void oneAnswerThatIsDaysOffExpiresNothing() {
    for (long off : new long[] {30 * DAY, -30 * DAY}) {
      Watched watched = new Watched();
      watched.answer(0);
      watched.passed += 60;
      watched.answer(off);

      assertThat(watched.earliest()).isLessThanOrEqualTo(0);
      assertThat(watched.latest()).isGreaterThanOrEqualTo(0);
      watched.passed += 1;
      watched.answer(0);
      assertThat(watched.earliest()).isZero();
      assertThat(watched.latest()).isZero();
    }
  }

  @Test
  void aJumpIsBelievedOnceASecondAnswerAgrees() {
    Watched watched = new Watched();
    watched.localAhead = 30 * DAY;
    watched.answer(30 * DAY);
    watched.passed += 60;
    watched.answer(0);
    assertThat(watched.earliest()).isZero();
    assertThat(watched.latest()).isEqualTo(30 * DAY);
    watched.passed += 11;
    watched.answer(1);

    assertThat(watched.time.epochSeconds() - SERVICE.getEpochSecond() - watched.passed)
        .isEqualTo(1);
  }

  @Test
  void jumpsThatAlternateAreNeverBelieved() {
    Watched watched = new Watched();
    watched.localAhead = 30 * DAY;
    watched.answer(0);
    for (int i = 0; i < 97; i++) {
      watched.passed += 7;
      watched.answer(i % 2 == 0 ? 30 * DAY : 0);
      assertThat(watched.earliest()).isZero();
    }
  }

  @Test
  void aDateThatIsRepeatedDoesNotConfirmItself() {
    Watched watched = new Watched();
    watched.localAhead = 30 * DAY;
    watched.answer(0);
    watched.passed += 60;
    for (int i = 0; i < 97; i++) {
      watched.answer(30 * DAY - i);
      assertThat(watched.earliest()).isLessThanOrEqualTo(0);
      watched.passed += 1;
    }
  }

  @Test
  void nothingHasExpiredAfterALongSilence() {
    Watched watched = new Watched();
    watched.answer(0);
    watched.passed += 60;
    assertThat(watched.time.earliestSeconds()).isEqualTo(ServiceTime.UNKNOWN);
    watched.answer(0);
    assertThat(watched.earliest()).isZero();
  }

  @Test
  void settingTheLocalClockTakesWhatWasLearntWithIt() {
    for (long wrong : new long[] {3600, -3600, 30 * DAY, -30 * DAY}) {
      Watched watched = new Watched();
      watched.localAhead = wrong;
      watched.answer(0);
      watched.passed += 1;
      watched.localAhead = 0;

      assertThat(watched.earliest()).isZero();
      assertThat(watched.latest()).isZero();
    }
  }
}
