package dev.sluice.kafka.internal.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CloseInterrupterTest {
  private final CloseInterrupter interrupter = new CloseInterrupter();
  private final List<String> seen = new ArrayList<>();

  private void waitForEver() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      seen.add("interrupted");
    }
  }

  @Test
  void losingItEndsWhatIsWaitedForAndLeavesNoInterruption() throws Exception {
    var waiting = new CountDownLatch(1);
    var thread =
        new Thread(
            () -> {
              interrupter.during(
                  () -> {
                    waiting.countDown();
                    waitForEver();
                  });
              seen.add(Thread.currentThread().isInterrupted() + "");
            });
    thread.start();
    waiting.await();

    interrupter.lose();
    thread.join();

    assertThat(seen).containsExactly("interrupted", "false");
  }

  @Test
  void whatIsWaitedForOnceItIsLostIsNotWaitedFor() {
    interrupter.lose();
    interrupter.during(this::waitForEver);
    assertThat(seen).containsExactly("interrupted");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void untilThenNothingIsInterrupted() {
    interrupter.during(() -> seen.add(Thread.currentThread().isInterrupted() + ""));
    interrupter.lose();
    assertThat(seen).containsExactly("false");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }
}
