package dev.sluice.read;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The timer of readers that were given none: one daemon thread for all, which ends when idle. */
final class SharedTimer {
  private static final long IDLE_SECONDS = 10;
  private static final ScheduledThreadPoolExecutor TIMER = start();

  private SharedTimer() {}

  static ScheduledExecutorService get() {
    return TIMER;
  }

  private static ScheduledThreadPoolExecutor start() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "sluice-reader-timer");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    return timer;
  }
}
