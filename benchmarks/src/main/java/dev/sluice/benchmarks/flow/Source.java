package dev.sluice.benchmarks.flow;

import dev.sluice.IdempotentWriter;
import dev.sluice.model.Outcome;
import dev.sluice.model.RetriableException;
import dev.sluice.model.SluiceException;
import dev.sluice.model.SourcePosition;
import dev.sluice.model.Write;
import dev.sluice.model.WriteListener;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongFunction;

/**
 * Events that come at a rate whether or not the writer takes them; those that it does not take wait
 * outside, as records wait in a topic. A write that ends as unknown is written again, as a consumer
 * does.
 */
final class Source implements Feed {
  private final String name;
  private final IdempotentWriter writer;
  private final LongFunction<Write> events;
  private final Deque<Long> again = new ArrayDeque<>();
  private double offered;
  private long next;
  private long applied;
  private long unknown;

  /**
   * Creates a source without events yet.
   *
   * @param name its positions begin with it
   * @param writer takes them
   * @param events the event of each number
   */
  Source(String name, IdempotentWriter writer, LongFunction<Write> events) {
    this.name = name;
    this.writer = writer;
    this.events = events;
  }

  @Override
  public void offer(double count) {
    offered += count;
  }

  /** Hands over what the writer takes. */
  void drain() {
    while (!again.isEmpty() && write(again.peek())) {
      again.remove();
    }
    while (again.isEmpty() && next + 1 <= offered && write(next)) {
      next++;
    }
  }

  private boolean write(long number) {
    return writer.tryWrite(
        SourcePosition.of(name, 0, number), events.apply(number), new Listener(number));
  }

  @Override
  public long offered() {
    return (long) offered;
  }

  @Override
  public long accepted() {
    return next;
  }

  @Override
  public long applied() {
    return applied;
  }

  /** {@return how many waits outside} */
  long backlog() {
    return (long) offered - next;
  }

  /** {@return how often a write ended as unknown} */
  long unknown() {
    return unknown;
  }

  boolean isDone() {
    return applied >= (long) offered;
  }

  private final class Listener implements WriteListener {
    private final long number;

    Listener(long number) {
      this.number = number;
    }

    @Override
    public void completed(Outcome outcome) {
      applied++;
    }

    @Override
    public void failed(SluiceException failure) {
      if (!(failure instanceof RetriableException)) {
        throw failure;
      }
      unknown++;
      again.add(number);
    }
  }
}
