package dev.sluice.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.request.Failure;
import dev.sluice.request.Failure.Kind;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FailedAttemptsTest {
  private static final long DELIVERY = 100;
  private static final Failure CLOCK = Failure.ofPart("RequestTimeTooSkewed");
  private static final Failure THROTTLE = Failure.ofPart("ThrottlingError");
  private static final Failure UNKNOWN = Failure.noAnswer();

  private static FailedAttempts of(long[] at, Failure... failures) {
    FailedAttempts all = null;
    for (int i = 0; i < failures.length; i++) {
      all = FailedAttempts.add(all, failures[i], at[i]);
    }
    return all;
  }

  @Test
  void whatHasLastedForHalfOfTheTimeIsTheSystems() {
    FailedAttempts lasting = of(new long[] {10, 49, 61}, CLOCK, CLOCK, CLOCK);
    assertThat(lasting.atDeadline(61, DELIVERY)).isEqualTo(CLOCK);

    FailedAttempts interrupted = of(new long[] {10, 49, 61}, CLOCK, THROTTLE, CLOCK);
    assertThat(interrupted.atDeadline(90, DELIVERY).kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(interrupted.atDeadline(90, DELIVERY).code()).isEqualTo(CLOCK.code());
  }

  @Test
  void whoWaitsForItsTurnEndsAsUnknownWhateverCameBefore() {
    for (String code : List.of("ValidationError", "AccessDenied", "RequestTimeTooSkewed")) {
      assertThat(Failure.ofPart(code).asUnknown().kind()).isEqualTo(Kind.UNKNOWN);
    }
    assertThat(THROTTLE.asUnknown()).isEqualTo(THROTTLE);
  }

  @Test
  void whatMayBeAppliedIsNotForgotten() {
    assertThat(of(new long[] {1, 2}, THROTTLE, THROTTLE).maybeApplied()).isFalse();
    assertThat(of(new long[] {1, 2}, UNKNOWN, THROTTLE).maybeApplied()).isTrue();
  }

  @Test
  void anAnswerEndsTheRowOfThoseWithout() {
    assertThat(of(new long[] {1, 2}, UNKNOWN, UNKNOWN).unexplained()).isEqualTo(2);
    assertThat(of(new long[] {1, 2, 3}, UNKNOWN, THROTTLE, UNKNOWN).unexplained()).isEqualTo(1);
  }

  @Test
  void aRequestIsSplitAtOnceWhereOthersAreAnswered() {
    assertThat(RequestSplitter.isDue(0, true, false)).isFalse();
    assertThat(RequestSplitter.isDue(1, true, false)).isTrue();
    assertThat(RequestSplitter.isDue(1, false, false)).isFalse();
    assertThat(RequestSplitter.isDue(2, false, false)).isTrue();
    assertThat(RequestSplitter.isDue(7, false, true)).isFalse();
  }

  @Test
  void twoSplitsSingleOutOneOf25() {
    List<Integer> members = IntStream.range(0, 25).boxed().toList();
    List<List<Integer>> parts = RequestSplitter.parts(members);
    assertThat(parts).hasSize(5).allMatch(part -> part.size() == 5);
    assertThat(parts.stream().flatMap(List::stream)).containsExactlyElementsOf(members);
    assertThat(RequestSplitter.parts(List.of(1, 2, 3))).hasSize(3);
    assertThat(RequestSplitter.parts(List.of(1))).hasSize(1);
  }
}
