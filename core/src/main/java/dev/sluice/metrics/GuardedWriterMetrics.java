package dev.sluice.metrics;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what the user's metrics throw away from the writer. */
final class GuardedWriterMetrics implements WriterMetrics {
  private static final Logger log = LoggerFactory.getLogger(WriterMetrics.class);

  private final WriterMetrics metrics;
  private final AtomicBoolean warned = new AtomicBoolean();

  GuardedWriterMetrics(WriterMetrics metrics) {
    this.metrics = metrics;
  }

  private void guarded(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException | Error e) {
      if (warned.compareAndSet(false, true)) {
        log.warn("WriterMetrics threw {}; what it throws from now on is not logged.", name(e));
      }
    }
  }

  private static String name(Throwable thrown) {
    return thrown.getClass().getName();
  }

  @Override
  public void writeEnded(Ending ending, long nanos) {
    guarded(() -> metrics.writeEnded(ending, nanos));
  }

  @Override
  public void writeInvalid() {
    guarded(metrics::writeInvalid);
  }

  @Override
  public void claimAnswered(long nanos) {
    guarded(() -> metrics.claimAnswered(nanos));
  }

  @Override
  public void effectApplied(String table, long nanos) {
    guarded(() -> metrics.effectApplied(table, nanos));
  }

  @Override
  public void requestSent(Stage stage, String table, int items) {
    guarded(() -> metrics.requestSent(stage, table, items));
  }

  @Override
  public void retried(Stage stage, String table, int items, String code) {
    guarded(() -> metrics.retried(stage, table, items, code));
  }

  @Override
  public void throttled(String table, long units) {
    guarded(() -> metrics.throttled(table, units));
  }

  @Override
  public void unprocessed(String table, int items) {
    guarded(() -> metrics.unprocessed(table, items));
  }

  @Override
  public void consumed(String table, double units) {
    guarded(() -> metrics.consumed(table, units));
  }

  @Override
  public void flow(String table, double unitsPerSecond, int hotKeys, int waiting) {
    guarded(() -> metrics.flow(table, unitsPerSecond, hotKeys, waiting));
  }

  @Override
  public void load(int inFlightRequests, int bufferedWrites, long bufferedBytes, long oldestNanos) {
    guarded(() -> metrics.load(inFlightRequests, bufferedWrites, bufferedBytes, oldestNanos));
  }
}
