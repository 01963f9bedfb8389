package dev.sluice.kafka.internal.replay;

import dev.sluice.IdempotentWriter;
import dev.sluice.kafka.internal.deadletter.DeadLetter;
import dev.sluice.kafka.internal.deadletter.ReceivedLetter;
import dev.sluice.kafka.internal.deadletter.WriteResults;
import dev.sluice.kafka.internal.mapping.MapperAnswer;
import dev.sluice.kafka.record.GuardedMapper;
import dev.sluice.model.BufferFullException;
import dev.sluice.model.Outcome;
import dev.sluice.model.RecordException;
import dev.sluice.model.RetriableException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import dev.sluice.model.Write;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
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

    One(SourcePosition source, Write write, List<Suffix> recorded) {
      this.source = source;
      this.write = write;
      this.recorded = recorded;
    }
  }

  private final ReceivedLetter letter;
  private final IdempotentWriter writer;
  private final List<One> writes = new ArrayList<>(1);
  // A replay stands in for the letter's record: its duplicates make their effects again.
  private final WriteResults results = new WriteResults(true);
  private boolean mapped;

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
      mapper.takeTurn();
      MapperAnswer answer = MapperAnswer.of(mapper, letter.record(), letter.source());
      if (answer instanceof MapperAnswer.NotNow) {
        return;
      }
      if (answer instanceof MapperAnswer.AtFault fault) {
        results.fail(fault.cause());
      } else if (answer instanceof MapperAnswer.Writes some) {
        begin(some.writes());
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
    mapped = true;
  }

  private void begin(List<Write> named) {
    results.begin(named.size());
    for (int i = 0; i < named.size(); i++) {
      List<Suffix> recorded = letter.suffixes(i, named);
      writes.add(new One(letter.source(i, named.size()), named.get(i), recorded));
      results.wentTo(i, recorded);
    }
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
    for (int i = 0; i < writes.size(); i++) {
      One one = writes.get(i);
      if (!one.ended && one.end != null) {
        try {
          ended(one, results.completed(i, Await.of(one.end)));
        } catch (RecordException e) {
          ended(one, results.rejected(i, e));
        } catch (BufferFullException e) {
          // The writer did not accept it, so that nothing of it can be there.
        } catch (RetriableException e) {
          one.unknown = true;
        }
      }
    }
    return mapped && writes.stream().allMatch(one -> one.ended);
  }

  private void ended(One one, DeadLetter.@Nullable Cause why) {
    one.ended = true;
    if (why != null) {
      results.fail(why);
    }
  }

  /** Whether it took effect, or needs none. */
  boolean succeeded() {
    return mapped && results.cause() == null && writes.stream().allMatch(one -> one.ended);
  }

  /** The dead letter to put in its place; one that has not ended keeps its reason. */
  DeadLetter again(Instant now) {
    if (writes.stream().anyMatch(one -> one.unknown && !one.ended)) {
      results.maybeApplied();
    }
    DeadLetter.Cause why = results.cause() == null ? letter.cause() : results.cause();
    return letter.again(why, results.partial(), suffixes(), now);
  }

  /** Where nothing was mapped, nothing new is known of where its effects went. */
  private String suffixes() {
    return writes.isEmpty() ? WriteResults.text(letter.suffixes()) : results.suffixes();
  }

  /** The claims that it leaves behind, to be released once it is stored again. */
  List<LetterClaims.Claim> claims() {
    if (letter.partial()) {
      return List.of();
    }
    return results.claims().stream()
        .map(writes::get)
        .map(one -> new LetterClaims.Claim(one.source, one.write.eventId()))
        .toList();
  }
}
