package dev.sluice.write;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The buffer is bounded by number and bytes, and nobody who waits is forgotten. */
@Timeout(60)
class BufferTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  private final Buffer buffer = new Buffer(7, 101, new Callbacks(Runnable::run, Runnable::run));

  @Test
  void numberAndBytesBoundItEachByItself() {
    for (int i = 0; i < 7; i++) {
      assertThat(buffer.tryAcquire(1)).isTrue();
    }
    assertThat(buffer.tryAcquire(0)).isFalse();
    buffer.release(7, 7);

    assertThat(buffer.tryAcquire(97)).isTrue();
    assertThat(buffer.tryAcquire(5)).isFalse();
    assertThat(buffer.tryAcquire(4)).isTrue();
    assertThat(buffer.items()).isEqualTo(2);
  }

  @Test
  void waitingIsBoundedToo() throws Exception {
    assertThat(buffer.tryAcquire(101)).isTrue();

    assertThat(buffer.acquire(1, () -> false, Duration.ZERO)).isFalse();
    assertThat(buffer.acquire(1, () -> false, Duration.ofMillis(3))).isFalse();
    assertThat(buffer.items()).isEqualTo(1);
  }

  @Test
  void whoeverAskedIsToldOnceWhenSomethingEnds() {
    List<String> told = new ArrayList<>();
    buffer.onReady(() -> told.add("empty"));
    assertThat(told).containsExactly("empty");

    assertThat(buffer.tryAcquire(1)).isTrue();
    buffer.onReady(() -> told.add("one"));
    buffer.onReady(() -> told.add("two"));
    assertThat(told).containsExactly("empty");
    buffer.release(1, 1);
    assertThat(buffer.tryAcquire(1)).isTrue();
    buffer.release(1, 1);

    assertThat(told).containsExactly("empty", "one", "two");
  }

  @Test
  void whoIsToldMayAskAgain() {
    AtomicInteger told = new AtomicInteger();
    assertThat(buffer.tryAcquire(1)).isTrue();
    assertThat(buffer.tryAcquire(1)).isTrue();
    buffer.onReady(
        () -> {
          told.incrementAndGet();
          buffer.onReady(told::incrementAndGet);
        });
    buffer.release(1, 1);
    assertThat(told).hasValue(1);
    buffer.release(1, 1);

    assertThat(told).hasValue(2);
  }

  @Test
  void oneReleaseOfManyWakesAllWhoFit() throws Exception {
    assertThat(buffer.tryAcquire(101)).isTrue();
    AtomicInteger acquired = new AtomicInteger();
    List<Thread> waiting = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  acquired.addAndGet(buffer.acquire(13, () -> false, LONG) ? 1 : 0);
                } catch (InterruptedException e) {
                  throw new IllegalStateException("Nobody interrupts.", e);
                }
              });
      thread.setDaemon(true);
      thread.start();
      waiting.add(thread);
    }
    for (Thread thread : waiting) {
      while (thread.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
    }
    buffer.release(1, 101);
    for (Thread thread : waiting) {
      thread.join(5_000);
    }

    assertThat(acquired).hasValue(7);
  }

  @Test
  void noWakeUpIsLostAmongManyThreads() throws Exception {
    int writers = 13;
    int each = 997;
    AtomicLong insideBytes = new AtomicLong();
    AtomicInteger inside = new AtomicInteger();
    ExecutorService threads = Executors.newCachedThreadPool();
    ExecutorService releasing = Executors.newFixedThreadPool(2);
    try {
      List<Future<Integer>> all = new ArrayList<>();
      for (int w = 0; w < writers; w++) {
        int size = 1 + w * 7;
        all.add(
            threads.submit(
                () -> {
                  int done = 0;
                  for (int i = 0; i < each && buffer.acquire(size, () -> false, LONG); i++) {
                    assertThat(inside.incrementAndGet()).isLessThanOrEqualTo(7);
                    assertThat(insideBytes.addAndGet(size)).isLessThanOrEqualTo(101);
                    done++;
                    releasing.execute(
                        () -> {
                          inside.decrementAndGet();
                          insideBytes.addAndGet(-size);
                          buffer.release(1, size);
                        });
                  }
                  return done;
                }));
      }
      for (Future<Integer> one : all) {
        assertThat(one.get(50, TimeUnit.SECONDS)).isEqualTo(each);
      }
      releasing.shutdown();
      assertThat(releasing.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
      assertThat(buffer.items()).isZero();
      assertThat(buffer.tryAcquire(101)).isTrue();
    } finally {
      threads.shutdownNow();
      releasing.shutdownNow();
    }
  }
}
