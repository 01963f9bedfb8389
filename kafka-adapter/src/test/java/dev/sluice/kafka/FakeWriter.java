package dev.sluice.kafka;

import dev.sluice.IdempotentWriter;
import dev.sluice.model.CloseReport;
import dev.sluice.model.HotKey;
import dev.sluice.model.Outcome;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Suffix;
import dev.sluice.model.Write;
import dev.sluice.model.WriteListener;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;

/** A writer that holds what it accepts until the test says how it ends. */
public final class FakeWriter implements IdempotentWriter {
  /** What was accepted and has not ended. */
  public record Pending(SourcePosition source, Write write, WriteListener listener) {}

  public static final Outcome APPLIED = new Outcome.Applied(List.of(Suffix.NONE));

  public final List<Pending> pending = new ArrayList<>();
  public final List<String> accepted = new ArrayList<>();
  public final List<Write> writes = new ArrayList<>();

  /** What was replayed, with the suffixes that were given. */
  public final List<String> replays = new ArrayList<>();

  /** How a replay ends. */
  public Function<Pending, CompletableFuture<Outcome>> replaying =
      pending -> CompletableFuture.completedFuture(APPLIED);

  public final Map<String, CompletableFuture<Boolean>> releases = new HashMap<>();

  /** How the release of a claim ends, named by its position and event id. */
  public Function<String, CompletableFuture<Boolean>> releasing =
      claim -> releases.computeIfAbsent(claim, key -> new CompletableFuture<>());

  public int capacity = Integer.MAX_VALUE;
  public int flushes;
  public boolean closed;
  public boolean toleratesCompaction = true;
  public Duration claimRetention;
  public Instant serviceTime;

  /** Ends a write at once, or leaves it pending by answering null. */
  public volatile Function<Pending, Outcome> immediately = pending -> null;

  /** Writes that are refused though there is room, as those of a hot key are. */
  public Predicate<Write> hot = write -> false;

  /** How often a write was refused. */
  public int refusals;

  /** What {@code tryWrite} throws, if anything. */
  public RuntimeException refusal;

  private Runnable ready;

  @Override
  public synchronized boolean tryWrite(SourcePosition source, Write write, WriteListener listener) {
    if (refusal != null) {
      throw refusal;
    }
    if (pending.size() >= capacity || hot.test(write)) {
      refusals++;
      return false;
    }
    var accept = new Pending(source, write, listener);
    accepted.add(source.value());
    writes.add(write);
    Outcome outcome = immediately.apply(accept);
    if (outcome == null) {
      pending.add(accept);
    } else {
      listener.completed(outcome);
    }
    return true;
  }

  @Override
  public synchronized void onReady(Runnable runnable) {
    if (pending.isEmpty()) {
      runnable.run();
    } else {
      ready = runnable;
    }
  }

  /** Ends the write of a position. */
  public void end(String source, Outcome outcome) {
    take(source).listener().completed(outcome);
    tellIfReady();
  }

  public void apply(String... sources) {
    for (String source : sources) {
      end(source, APPLIED);
    }
  }

  public void applyAll() {
    for (Pending each : List.copyOf(pending)) {
      apply(each.source().value());
    }
  }

  /** Fails the write of a position. */
  public void fail(String source, SluiceException failure) {
    take(source).listener().failed(failure);
    tellIfReady();
  }

  private synchronized Pending take(String source) {
    Pending found =
        pending.stream()
            .filter(each -> each.source().value().equals(source))
            .findFirst()
            .orElseThrow(() -> new AssertionError(source + " is not pending"));
    pending.remove(found);
    return found;
  }

  private synchronized void tellIfReady() {
    Runnable told = ready;
    if (told != null) {
      ready = null;
      told.run();
    }
  }

  @Override
  public CompletionStage<Boolean> release(SourcePosition source, String eventId) {
    return releasing.apply(source.value() + "=" + eventId);
  }

  @Override
  public CompletionStage<Outcome> replay(
      SourcePosition source, Write write, List<Suffix> recorded) {
    replays.add(source.value() + recorded);
    writes.add(write);
    return replaying.apply(new Pending(source, write, null));
  }

  @Override
  public boolean toleratesCompaction() {
    return toleratesCompaction;
  }

  @Override
  public Optional<Duration> claimRetention() {
    return Optional.ofNullable(claimRetention);
  }

  @Override
  public Optional<Instant> serviceTime() {
    return Optional.ofNullable(serviceTime);
  }

  @Override
  public List<HotKey> hotKeys() {
    return List.of();
  }

  @Override
  public CompletionStage<Void> flush() {
    flushes++;
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<Outcome> write(SourcePosition source, Write write) {
    throw new UnsupportedOperationException("the loop must not block");
  }

  @Override
  public CloseReport close(Duration timeout) {
    closed = true;
    return new CloseReport(pending.size());
  }

  @Override
  public void close() {
    closed = true;
  }
}
