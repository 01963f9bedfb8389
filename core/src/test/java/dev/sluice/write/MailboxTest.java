package dev.sluice.write;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The loop runs when it asked to, whatever the threads of the scheduler do meanwhile. */
class MailboxTest {
  private static final long WAKE_AT = 101;

  private final Threads scheduler = new Threads();
  private final Turns turns = new Turns();
  private final Mailbox mailbox = new Mailbox(scheduler, turns);

  /**
   * A scheduler of several threads at their quickest: what is to be run has been run before its
   * submitter goes on. Timers fire when the test says so.
   */
  private static final class Threads extends ScheduledThreadPoolExecutor {
    final List<Timer> timers = new ArrayList<>();

    Threads() {
      super(1);
    }

    @Override
    public void execute(Runnable command) {
      command.run();
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
      Timer timer =
          new Timer(
              () -> {
                command.run();
                return null;
              });
      timers.add(timer);
      return timer;
    }

    /** The timers that are still to fire. */
    List<Timer> pending() {
      return timers.stream().filter(timer -> !timer.fired && !timer.isCancelled()).toList();
    }

    void fire(Timer timer) {
      timer.fired = true;
      timer.run();
    }
  }

  /** Done only once its action is over, as with the JDK's own. */
  private static final class Timer extends FutureTask<Void> implements ScheduledFuture<Void> {
    boolean fired;

    Timer(Callable<Void> action) {
      super(action);
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return 0;
    }

    @Override
    public int compareTo(Delayed other) {
      return 0;
    }
  }

  private static final class Turns implements Mailbox.Loop {
    int count;
    Runnable during = () -> {};

    @Override
    public long begin() {
      count++;
      return 0;
    }

    @Override
    public void accept(PendingWrite write) {}

    @Override
    public OptionalLong end() {
      Runnable once = during;
      during = () -> {};
      once.run();
      return OptionalLong.of(WAKE_AT);
    }

    @Override
    public void broken(Throwable fault) {
      throw new AssertionError(fault);
    }
  }

  @AfterEach
  void shutDown() {
    scheduler.shutdown();
  }

  @Test
  void aTimerThatHasFiredIsNotTakenForOneThatWillFire() {
    mailbox.post(() -> {});
    // The turn that it causes is over before its own action is.
    scheduler.fire(scheduler.timers.get(0));

    assertThat(turns.count).isEqualTo(2);
    assertThat(scheduler.pending()).hasSize(1);
  }

  @Test
  void aTimerThatFiresDuringATurnCausesAnother() {
    mailbox.post(() -> {});
    turns.during = () -> scheduler.fire(scheduler.timers.get(0));
    mailbox.post(() -> {});

    assertThat(turns.count).isEqualTo(3);
    assertThat(scheduler.pending()).hasSize(1);
  }

  @Test
  void aTimerThatIsEarlyEnoughIsKept() {
    for (int i = 0; i < 7; i++) {
      mailbox.post(() -> {});
    }

    assertThat(turns.count).isEqualTo(7);
    assertThat(scheduler.timers).hasSize(1);
  }
}
