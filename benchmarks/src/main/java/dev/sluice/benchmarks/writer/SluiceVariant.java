package dev.sluice.benchmarks.writer;

import dev.sluice.IdempotentWriter;
import dev.sluice.model.Effect;
import dev.sluice.model.Outcome;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Table;
import dev.sluice.model.Write;
import dev.sluice.model.WriteListener;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Sluice in the mode {@code LEDGER}, all else as it is by default. */
final class SluiceVariant implements Variant {
  private final IdempotentWriter writer;
  private final Function<Map<String, AttributeValue>, Effect> effect;
  private final Semaphore ready = new Semaphore(0);
  private final Semaphore finished = new Semaphore(0);

  private SluiceVariant(
      DynamoDbAsyncClient client,
      int inFlight,
      Function<Map<String, AttributeValue>, Effect> effect) {
    this.effect = effect;
    this.writer =
        IdempotentWriter.builder(client)
            .ledger(Tables.LEDGER)
            .table(Table.named(Tables.DATA))
            .maxInFlightRequests(inFlight)
            .build();
  }

  static Variant create(DynamoDbAsyncClient client, int inFlight) {
    return new SluiceVariant(client, inFlight, item -> new Effect.Create(Tables.DATA, item));
  }

  static Variant put(DynamoDbAsyncClient client, int inFlight) {
    return new SluiceVariant(client, inFlight, item -> new Effect.Put(Tables.DATA, item));
  }

  @Override
  public void write(List<Event> events) throws InterruptedException {
    AtomicInteger left = new AtomicInteger(events.size());
    AtomicInteger applied = new AtomicInteger();
    WriteListener listener =
        new WriteListener() {
          @Override
          public void completed(Outcome outcome) {
            if (outcome instanceof Outcome.Applied || outcome instanceof Outcome.Replayed) {
              applied.incrementAndGet();
            }
            ended();
          }

          @Override
          public void failed(SluiceException failure) {
            ended();
          }

          private void ended() {
            if (left.decrementAndGet() == 0) {
              finished.release();
            }
          }
        };
    for (Event event : events) {
      Write write = Write.event(event.id()).with(effect.apply(event.item()));
      SourcePosition source = new SourcePosition(event.source());
      while (!writer.tryWrite(source, write, listener)) {
        writer.onReady(ready::release);
        ready.acquire();
      }
    }
    finished.acquire();
    if (applied.get() != events.size()) {
      throw new IllegalStateException(
          "Of " + events.size() + " events Sluice applied " + applied.get() + '.');
    }
  }

  @Override
  public void close() {
    writer.close();
  }
}
