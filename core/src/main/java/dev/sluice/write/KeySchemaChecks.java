package dev.sluice.write;

import static java.util.Objects.requireNonNull;

import dev.sluice.model.SluiceException;
import dev.sluice.request.Failure;
import dev.sluice.request.KeySchemaRead;
import dev.sluice.request.KeySchemaReply;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether tables have other keys by now than the writer works with, before a write is
 * given up for what a table found invalid. Items are checked against the keys before they are sent:
 * a table that was deleted and made again with others would reject every one of them. One question
 * at a time for each table, repeated while it may be answered; an answer counts for {@link
 * #COUNTS_FOR}, so that many rejections take few questions. Belongs to the loop.
 */
final class KeySchemaChecks {
  /** Shorter than it takes to delete a table and to make it again. */
  static final Duration COUNTS_FOR = Duration.ofSeconds(2);

  /** The rejection of a write, the tables that are still to be looked at, and who is told. */
  private record Suspicion(
      PendingWrite write,
      Deque<KeySchemaRead> tables,
      Consumer<@Nullable SluiceException> judged) {}

  private static final class Question {
    final KeySchemaRead table;
    final List<Suspicion> waiting = new ArrayList<>();
    boolean isOpen;
    boolean inFlight;
    int failures;
    @Nullable Failure last;
    @Nullable KeySchemaReply answer;
    long countsUntil;

    Question(KeySchemaRead table) {
      this.table = table;
    }

    /** What is known of the table's keys, or null if it is to be asked. */
    @Nullable KeySchemaReply known(long now) {
      return answer != null && now < countsUntil ? answer : null;
    }
  }

  private final Map<KeySchemaRead, Question> questions = new HashMap<>();
  private final Map<PendingWrite, Suspicion> suspicions = new HashMap<>();
  private final Deque<Question> due = new ArrayDeque<>();
  private final WriteFailures failures;
  private final LoopResources loop;

  KeySchemaChecks(Iterable<KeySchemaRead> tables, WriteFailures failures, LoopResources loop) {
    tables.forEach(table -> questions.put(table, new Question(table)));
    this.failures = failures;
    this.loop = loop;
  }

  /**
   * Judges the rejection of a write.
   *
   * @param write the write
   * @param tables those that may have rejected it
   * @param judged told at once or later, unless the write has ended by then: what the write fails
   *     with, or null if the tables' keys are as they were, or cannot be looked at
   */
  void judge(
      PendingWrite write,
      Collection<KeySchemaRead> tables,
      Consumer<@Nullable SluiceException> judged) {
    next(new Suspicion(write, new ArrayDeque<>(tables), judged));
  }

  private void next(Suspicion suspicion) {
    while (!suspicion.tables.isEmpty()) {
      KeySchemaRead table = suspicion.tables.element();
      Question question = question(table);
      KeySchemaReply known = question.known(loop.clock().nanos());
      if (known == null && !table.isAbsent()) {
        await(suspicion, question);
        return;
      }
      SluiceException fault = known == null ? null : WriteFailures.ofKeys(table.table(), known);
      if (fault != null) {
        end(suspicion, fault);
        return;
      }
      suspicion.tables.remove();
    }
    end(suspicion, null);
  }

  private void await(Suspicion suspicion, Question question) {
    suspicions.put(suspicion.write, suspicion);
    question.waiting.add(suspicion);
    if (!question.isOpen) {
      question.isOpen = true;
      due.add(question);
    }
  }

  private Question question(KeySchemaRead table) {
    return requireNonNull(questions.get(table), "question");
  }

  private void end(Suspicion suspicion, @Nullable SluiceException fault) {
    suspicions.remove(suspicion.write);
    if (!suspicion.write.hasEnded()) {
      suspicion.judged.accept(fault);
    }
  }

  /** Sends what is due, as far as there is room. */
  void dispatch() {
    while (!due.isEmpty() && loop.requests().hasRoom()) {
      Question question = due.remove();
      question.isOpen = !question.waiting.isEmpty();
      if (question.isOpen) {
        question.inFlight = true;
        loop.requests()
            .send(
                0,
                question.table::send,
                KeySchemaReply.Failed::new,
                reply -> answered(question, reply));
      }
    }
  }

  /** {@return when something is due by itself} */
  OptionalLong nextDue() {
    return due.isEmpty() ? OptionalLong.empty() : OptionalLong.of(loop.clock().nanos());
  }

  private void answered(Question question, KeySchemaReply reply) {
    question.inFlight = false;
    if (reply instanceof KeySchemaReply.Failed failed
        && !failed.failure().kind().isFinal()
        && !question.table.isAbsent()) {
      again(question, failed.failure());
      return;
    }
    question.isOpen = false;
    question.failures = 0;
    question.last = null;
    question.answer = reply;
    question.countsUntil = loop.clock().nanos() + COUNTS_FOR.toNanos();
    List<Suspicion> waiting = List.copyOf(question.waiting);
    question.waiting.clear();
    waiting.forEach(this::next);
  }

  private void again(Question question, Failure failure) {
    question.last = failure;
    question.failures++;
    long at = loop.retryAt(question.failures);
    for (Suspicion suspicion : List.copyOf(question.waiting)) {
      if (at >= suspicion.write.deadline) {
        giveUp(suspicion, question);
      }
    }
    loop.timers().schedule(at, () -> due.add(question));
  }

  /** A write's time is up: whose fault its rejection is stays unknown, unless it is being asked. */
  void expire(PendingWrite write) {
    Suspicion suspicion = suspicions.get(write);
    if (suspicion != null) {
      Question question = question(suspicion.tables.element());
      if (!question.inFlight) {
        giveUp(suspicion, question);
      }
    }
  }

  private void giveUp(Suspicion suspicion, Question question) {
    question.waiting.remove(suspicion);
    Failure last = question.last;
    end(
        suspicion,
        failures.atDeadline(question.table.table(), last == null ? null : last.asUnknown()));
  }
}
