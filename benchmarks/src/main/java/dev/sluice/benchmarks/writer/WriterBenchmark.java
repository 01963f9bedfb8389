package dev.sluice.benchmarks.writer;

import dev.sluice.IdempotentWriter;
import dev.sluice.model.Effect;
import dev.sluice.model.KeySchema;
import dev.sluice.model.Outcome;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Table;
import dev.sluice.model.Write;
import dev.sluice.model.WriteListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * What the writer takes for an event outside the SDK: the whole writer over a client that answers
 * at once, everything on one thread, beside the building of the requests that it makes.
 *
 * <p>Bytes outside the SDK (with {@code -prof gc}) are those of {@code writerCreating} less those
 * of {@code requestsCreating}. The loop's own time is the counter {@code loopNanosPerEvent}.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class WriterBenchmark {
  /** Events of an invocation. */
  private static final int EVENTS = 1000;

  /** Events handed over before the loop gets a turn: a full batch, or a consumer's whole poll. */
  @Param({"25", "500"})
  private int burst;

  private final List<Map<String, AttributeValue>> items =
      Event.ofRound(0, EVENTS).stream().map(Event::item).toList();
  private final TurnExecutor loop = new TurnExecutor();
  private final TurnExecutor requests = new TurnExecutor();
  private final TurnExecutor callbacks = new TurnExecutor();
  private final Count count = new Count();
  private final IdempotentWriter writer = writer(new InstantDynamoDb());
  private final IdempotentWriter writerOfSingleClaims =
      writer(RestrictedAccount.withoutBatches(new InstantDynamoDb(), Tables.LEDGER.name()));
  private long written;

  private IdempotentWriter writer(DynamoDbAsyncClient client) {
    return IdempotentWriter.builder(client)
        .ledger(Tables.LEDGER)
        .table(
            Table.named(Tables.DATA)
                .keys(KeySchema.of(Tables.PARTITION_KEY, ScalarAttributeType.S)))
        .withoutTableCheck()
        .scheduler(loop)
        .requestExecutor(requests)
        .callbackExecutor(callbacks)
        .build();
  }

  private static final class Count implements WriteListener {
    private long applied;

    @Override
    public void completed(Outcome outcome) {
      if (outcome instanceof Outcome.Applied) {
        applied++;
      }
    }

    @Override
    public void failed(SluiceException failure) {}
  }

  /**
   * Writes events that each create an item.
   *
   * @param time counts the loop's time
   */
  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public void writerCreating(LoopTime time) {
    writeAll(writer, time, item -> new Effect.Create(Tables.DATA, item));
  }

  /**
   * As {@link #writerCreating} where the account may not claim by statements.
   *
   * @param time counts the loop's time
   */
  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public void writerCreatingWithSingleClaims(LoopTime time) {
    writeAll(writerOfSingleClaims, time, item -> new Effect.Create(Tables.DATA, item));
  }

  /**
   * Writes events that each put an item.
   *
   * @param time counts the loop's time
   */
  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public void writerPutting(LoopTime time) {
    writeAll(writer, time, item -> new Effect.Put(Tables.DATA, item));
  }

  private void writeAll(
      IdempotentWriter by, LoopTime time, Function<Map<String, AttributeValue>, Effect> effect) {
    for (int from = 0; from < EVENTS; from += burst) {
      for (int i = from; i < from + burst; i++) {
        Write write = Write.event(id()).with(effect.apply(items.get(i)));
        if (!by.tryWrite(new SourcePosition(source()), write, count)) {
          throw new IllegalStateException("The buffer is full.");
        }
        written++;
      }
      finish();
    }
    end(time);
  }

  private String id() {
    return "order-" + (1_000_000_000L + written) + "-paid";
  }

  private String source() {
    return "payments/0/" + (1_000_000_000L + written);
  }

  private void finish() {
    while (loop.runAll() || requests.runAll() || callbacks.runAll()) {}
  }

  private void end(LoopTime time) {
    time.add(loop.takeBusyNanos(), EVENTS);
    if (count.applied != written) {
      throw new IllegalStateException(
          "Of " + written + " events " + count.applied + " were applied.");
    }
  }

  /**
   * The baseline: the requests for the same events, claims in batches, built and thrown away.
   *
   * @param sink takes them
   */
  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public void requestsCreating(Blackhole sink) {
    for (int from = 0; from < EVENTS; from += Requests.BATCH) {
      List<Event> batch = batch(from);
      sink.consume(Requests.claims(batch));
      sink.consume(Requests.creates(batch));
    }
  }

  /**
   * The same with puts.
   *
   * @param sink takes them
   */
  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public void requestsPutting(Blackhole sink) {
    for (int from = 0; from < EVENTS; from += Requests.BATCH) {
      List<Event> batch = batch(from);
      sink.consume(Requests.claims(batch));
      sink.consume(Requests.puts(batch));
    }
  }

  /**
   * As {@link #requestsCreating} with claims one by one.
   *
   * @param sink takes them
   */
  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public void requestsCreatingWithSingleClaims(Blackhole sink) {
    for (int from = 0; from < EVENTS; from += Requests.BATCH) {
      List<Event> batch = batch(from);
      for (Event event : batch) {
        sink.consume(Requests.claim(event));
      }
      sink.consume(Requests.creates(batch));
    }
  }

  private List<Event> batch(int from) {
    List<Event> batch = new ArrayList<>(Requests.BATCH);
    for (int i = from; i < from + Requests.BATCH; i++) {
      batch.add(new Event(id(), source(), items.get(i)));
      written++;
    }
    return batch;
  }
}
