package dev.sluice.testkit.kafka;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.utils.Exit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a broker that meets a fatal fault from ending this JVM, and remembers that it wanted to.
 * Kafka's exit is one for the whole JVM, so every open guard is told.
 */
final class ExitGuard implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ExitGuard.class);
  private static final Set<ExitGuard> OPEN = ConcurrentHashMap.newKeySet();

  private volatile @Nullable Throwable failure;

  private ExitGuard() {}

  static ExitGuard open() {
    var guard = new ExitGuard();
    synchronized (OPEN) {
      OPEN.add(guard);
      Exit.setExitProcedure(ExitGuard::refuse);
      Exit.setHaltProcedure(ExitGuard::refuse);
    }
    return guard;
  }

  private static void refuse(int status, @Nullable String message) {
    var failure =
        new IllegalStateException("Kafka wanted to exit with status " + status + ": " + message);
    LOG.error("{}", failure.getMessage());
    OPEN.forEach(guard -> guard.failure = failure);
    throw failure;
  }

  /**
   * Reports what the broker met.
   *
   * @throws IllegalStateException if it wanted to exit
   */
  void check() {
    if (failure != null) {
      throw new IllegalStateException("the embedded broker had a fatal fault", failure);
    }
  }

  @Override
  public void close() {
    synchronized (OPEN) {
      OPEN.remove(this);
      if (OPEN.isEmpty()) {
        Exit.resetExitProcedure();
        Exit.resetHaltProcedure();
      }
    }
  }
}
