package dev.sluice.testkit.time;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/** Gives another executor one task at a time, first in first out. */
final class SerialExecutor implements Executor {

  private final Executor executor;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private boolean busy;

  SerialExecutor(Executor executor) {
    this.executor = executor;
  }

  @Override
  public synchronized void execute(Runnable command) {
    waiting.add(requireNonNull(command, "command"));
    if (!busy) {
      busy = true;
      executor.execute(this::runOne);
    }
  }

  private void runOne() {
    try {
      next().run();
    } finally {
      goOn();
    }
  }

  private synchronized Runnable next() {
    return waiting.remove();
  }

  private synchronized void goOn() {
    busy = !waiting.isEmpty();
    if (busy) {
      executor.execute(this::runOne);
    }
  }
}
