package dev.sluice.kafka.internal.replay;

import dev.sluice.IdempotentWriter;
import dev.sluice.model.RetriableException;
import dev.sluice.model.SourcePosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Releases claims of records that were put back, and asks again, with waits that double, while it
 * is not known whether one is released.
 */
final class LetterClaims {
  private static final int ATTEMPTS = 5;
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

  private final IdempotentWriter writer;
  private final Consumer<Duration> rest;

  /**
   * Prepares releases.
   *
   * @param writer holds the claims
   * @param rest waits between two attempts
   */
  LetterClaims(IdempotentWriter writer, Consumer<Duration> rest) {
    this.writer = writer;
    this.rest = rest;
  }

  /** A claim that a record left behind. */
  record Claim(SourcePosition source, String eventId) {
    /** {@return the source, not the event's id} */
    @Override
    public String toString() {
      return source.value();
    }
  }

  /**
   * Releases all.
   *
   * @throws dev.sluice.model.SluiceException if one cannot be released, or the last attempt does
   *     not say whether it is
   */
  void release(List<Claim> claims) {
    Duration wait = FIRST_WAIT;
    List<Claim> open = ask(claims, false);
    for (int attempt = 2; !open.isEmpty(); attempt++) {
      rest.accept(wait);
      wait = wait.multipliedBy(2);
      open = ask(open, attempt == ATTEMPTS);
    }
  }

  private List<Claim> ask(List<Claim> claims, boolean last) {
    List<CompletionStage<Boolean>> releases =
        claims.stream().map(each -> writer.release(each.source(), each.eventId())).toList();
    List<Claim> open = new ArrayList<>();
    for (int i = 0; i < claims.size(); i++) {
      try {
        Await.of(releases.get(i));
      } catch (RetriableException e) {
        if (last) {
          throw e;
        }
        open.add(claims.get(i));
      }
    }
    return open;
  }
}
