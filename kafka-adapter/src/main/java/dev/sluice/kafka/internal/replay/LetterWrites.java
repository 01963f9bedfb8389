package dev.sluice.kafka.internal.replay;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.internal.deadletter.DeadLetter;
import dev.sluice.kafka.internal.deadletter.ReceivedLetter;
import dev.sluice.kafka.record.GuardedMapper;
import dev.sluice.kafka.record.Mapped;
import dev.sluice.model.BufferFullException;
import dev.sluice.model.ConfigurationException;
import dev.sluice.model.Outcome;
import dev.sluice.model.RecordException;
import dev.sluice.model.RejectedWriteException;
import dev.sluice.model.RetriableException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import dev.sluice.model.SystemException;
import dev.sluice.model.Write;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** One dead letter on its way through the mapper and the writer. Not thread-safe. */
final class LetterWrites {

  private static final class One {
    final SourcePosition source;
    final Write write;
    final List<Suffix> recorded;
    @Nullable CompletionStage<Outcome> end;
    boolean ended;
    boolean unknown;
    boolean claimed;
    String suffixes = "";

    One(SourcePosition source, Write write, List<Suffix> recorded) {
      this.source = source;
      this.write = write;
      this.recorded = recorded;
    }
  }

  private final ReceivedLetter letter;
  private final IdempotentWriter writer;
  private final List<One> writes = new ArrayList<>(1);
  private DeadLetter.@Nullable Cause cause;
  private boolean mapped;
  private boolean mayBeApplied;

  LetterWrites(ReceivedLetter letter, IdempotentWriter writer) {
    this.letter = letter;
    this.writer = writer;
  }

  ReceivedLetter letter() {
    return letter;
  }

  /**
   * Asks the mapper, as the consumer does, unless it has answered; it may be asked again later.
   *
   * @throws dev.sluice.model.SluiceException if the mapper says that no record is at fault
   */
  void map(GuardedMapper mapper) {
    if (mapped) {
      return;
    }
    try {
      Mapped meant = mapper.mapInTurn(letter.record());
      if (meant instanceof Mapped.Writes some) {
        List<Write> named = some.fingerprintedBy(letter.record().value());
        for (int i = 0; i < named.size(); i++) {
          writes.add(
              new One(letter.source(i, named.size()), named.get(i), letter.suffixes(i, named)));
        }
      } else if (meant instanceof Mapped.Reject reject) {
        cause = DeadLetter.Cause.of(reject);
      } else if (meant == null) {
        cause = DeadLetter.Cause.mapperReturnedNull();
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (RetriableException | org.apache.kafka.common.errors.RetriableException e) {
      return;
    } catch (SystemException | ConfigurationException e) {
      throw e;
    } catch (Exception | StackOverflowError e) {
      cause = DeadLetter.Cause.mapperThrew(e);
    }
    mapped = true;
  }

  /** Hands over what has not ended yet. */
  void write() {
    for (One one : writes) {
      if (!one.ended) {
        one.end = writer.replay(one.source, one.write, one.recorded);
      }
    }
  }

  /**
   * Waits for what was handed over.
   *
   * @return whether all has ended; if not, it may be handed over again
   * @throws dev.sluice.model.SluiceException if no record will succeed until something is mended
   */
  boolean await() {
    for (One one : writes) {
      if (!one.ended && one.end != null) {
        try {
          ended(one, Await.of(one.end));
        } catch (RecordException e) {
          notWritten(one, e);
        } catch (BufferFullException e) {
          // The writer did not accept it, so that nothing of it can be there.
        } catch (RetriableException e) {
          one.unknown = true;
        }
      }
    }
    return mapped && writes.stream().allMatch(one -> one.ended);
  }

  private void ended(One one, Outcome outcome) {
    one.ended = true;
    if (outcome instanceof Outcome.Conflict conflict) {
      fail(DeadLetter.Cause.of(conflict));
    } else {
      mayBeApplied = true;
      if (outcome instanceof Outcome.Applied applied) {
        one.suffixes = text(applied.suffixes());
      } else if (outcome instanceof Outcome.Replayed replayed) {
        one.suffixes = text(replayed.suffixes());
      }
    }
  }

  private void notWritten(One one, RecordException failure) {
    one.ended = true;
    if (failure instanceof RejectedWriteException rejected) {
      one.suffixes = text(rejected.suffixes());
      one.claimed = !rejected.partial();
      mayBeApplied |= rejected.partial();
    }
    fail(DeadLetter.Cause.of(failure));
  }

  private void fail(DeadLetter.Cause why) {
    if (cause == null) {
      cause = why;
    }
  }

  /** Whether it took effect, or needs none. */
  boolean succeeded() {
    return mapped && cause == null && writes.stream().allMatch(one -> one.ended);
  }

  /** The dead letter to put in its place; one that has not ended keeps its reason. */
  DeadLetter again(Instant now) {
    boolean unknown = writes.stream().anyMatch(one -> one.unknown && !one.ended);
    boolean partial = mayBeApplied || unknown;
    // Where nothing was mapped, nothing new is known of where its effects went.
    String suffixes =
        writes.isEmpty()
            ? letter.suffixes().stream().map(LetterWrites::text).collect(Collectors.joining(";"))
            : writes.stream().map(LetterWrites::suffixes).collect(Collectors.joining(";"));
    return letter.again(cause == null ? letter.cause() : cause, partial, suffixes, now);
  }

  private static String suffixes(One one) {
    return one.suffixes.isEmpty() ? text(one.recorded) : one.suffixes;
  }

  /** The claims that it leaves behind, to be released once it is stored again. */
  List<LetterClaims.Claim> claims() {
    if (letter.partial()) {
      return List.of();
    }
    return writes.stream()
        .filter(one -> one.claimed)
        .map(one -> new LetterClaims.Claim(one.source, one.write.eventId()))
        .toList();
  }

  private static String text(List<Suffix> recorded) {
    return recorded.stream().map(Suffix::toString).collect(Collectors.joining(","));
  }
}
