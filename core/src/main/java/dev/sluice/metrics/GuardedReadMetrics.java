package dev.sluice.metrics;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what the user's metrics throw away from the reader. */
final class GuardedReadMetrics implements ReadMetrics {
  private static final Logger log = LoggerFactory.getLogger(ReadMetrics.class);

  private final ReadMetrics metrics;
  private final AtomicBoolean warned = new AtomicBoolean();

  GuardedReadMetrics(ReadMetrics metrics) {
    this.metrics = metrics;
  }

  private void guarded(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException | Error e) {
      if (warned.compareAndSet(false, true)) {
        log.warn(
            "ReadMetrics threw {}; what it throws from now on is not logged.",
            e.getClass().getName());
      }
    }
  }

  @Override
  public void requestAnswered(String table, int items, double units) {
    guarded(() -> metrics.requestAnswered(table, items, units));
  }

  @Override
  public void retried(String table, String code) {
    guarded(() -> metrics.retried(table, code));
  }

  @Override
  public void pageRead(String table, long items, double units, long nanos) {
    guarded(() -> metrics.pageRead(table, items, units, nanos));
  }

  @Override
  public void pageFailed(String table, String why) {
    guarded(() -> metrics.pageFailed(table, why));
  }
}
