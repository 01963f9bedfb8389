package dev.sluice.kafka;

import dev.sluice.kafka.internal.admin.DeadLetterTopicCheck;
import dev.sluice.kafka.internal.log.Trace;
import dev.sluice.kafka.internal.poll.PollLoop;
import dev.sluice.kafka.internal.poll.Wiring;
import dev.sluice.kafka.internal.time.CloseBudget;
import dev.sluice.kafka.record.ConsumerCloseReport;
import dev.sluice.model.WriterClosedException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loops of a consumer, each on a thread of its own: they end together, by request or when one
 * of them cannot go on.
 */
final class Instances {
  private static final Logger log = LoggerFactory.getLogger(Instances.class);
  private static final Duration CLOSE_AFTER_FAILURE = Duration.ofSeconds(10);
  private static final Duration CLOSE_AFTER_INTERRUPTION = Duration.ofSeconds(30);

  /** What is left of a consumer that never ran. */
  static final ConsumerCloseReport NOTHING = new ConsumerCloseReport(true, true, Map.of());

  private final List<Wiring> wirings;
  private final DeadLetterTopicCheck deadLetterTopic;
  private final List<PollLoop> loops = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private volatile @Nullable Thread caller;
  private final AtomicInteger running;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Queue<ConsumerCloseReport> reports = new ConcurrentLinkedQueue<>();
  private final Consumer<ConsumerCloseReport> onEnd;
  private volatile @Nullable CloseBudget closing;
  private volatile boolean opened;

  /**
   * Opened later.
   *
   * @param deadLetterTopic whether dead letters are kept
   * @param onEnd told once, on the thread that ends last, what was left of all
   */
  Instances(
      List<Wiring> wirings,
      DeadLetterTopicCheck deadLetterTopic,
      Consumer<ConsumerCloseReport> onEnd) {
    this.wirings = List.copyOf(wirings);
    this.deadLetterTopic = deadLetterTopic;
    this.onEnd = onEnd;
    this.running = new AtomicInteger(wirings.size());
  }

  /** The settings that all have in common, and those of the first. */
  Wiring wiring() {
    return wirings.get(0);
  }

  /** Those loops that have not ended. */
  List<PollLoop> loops() {
    return loops;
  }

  /** What ended them, or null. */
  @Nullable Throwable failure() {
    return failure.get();
  }

  /** Opens all loops, or none. */
  void open() {
    try {
      for (Wiring wiring : wirings) {
        loops.add(PollLoop.open(wiring));
      }
      deadLetterTopic.atStart();
      opened = true;
    } catch (RuntimeException | Error e) {
      failure.set(e);
      loops.forEach(loop -> loop.close(CloseBudget.of(steady(), Duration.ZERO), e));
      loops.clear();
      closeQuestions();
      onEnd.accept(NOTHING);
      throw e;
    }
  }

  /** Whether they ran: a failure to open is thrown, and not told otherwise. */
  boolean wasOpened() {
    return opened;
  }

  /** Starts a thread for each loop, but those before the first. */
  void start(int first) {
    List<PollLoop> opened = List.copyOf(loops);
    for (int i = first; i < opened.size(); i++) {
      PollLoop loop = opened.get(i);
      String suffix = opened.size() == 1 ? "" : "-" + i;
      threads.add(
          new Thread(
              () -> runToEnd(loop), "sluice-consumer-" + wiring().subscription().group() + suffix));
    }
    threads.forEach(Thread::start);
  }

  /** Runs the first loop on the calling thread until it has ended, the others on their own. */
  void run() {
    PollLoop first = loops.get(0);
    caller = Thread.currentThread();
    start(1);
    runToEnd(first);
  }

  /** Asks all to close within a time; the first one given counts. */
  void closeWithin(CloseBudget budget) {
    if (closing == null) {
      closing = budget;
      loops.forEach(loop -> loop.closeWithin(budget));
    }
  }

  /** Ends what is still waited for in closing. */
  void hurry() {
    loops.forEach(PollLoop::hurry);
  }

  boolean runOnThisThread() {
    return caller == Thread.currentThread() || threads.contains(Thread.currentThread());
  }

  /** Waits a little for the threads, which have nothing left to do. */
  void join(long millis) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join(millis);
    }
  }

  private void runToEnd(PollLoop loop) {
    Throwable own = turnUntilClosing(loop);
    ConsumerCloseReport left = new ConsumerCloseReport(true, false, Map.of());
    try {
      left = loop.close(budget(), own);
      if (own == null) {
        loop.check();
      }
    } catch (RuntimeException | Error e) {
      failed(e);
    }
    loops.remove(loop);
    reports.add(left);
    if (running.decrementAndGet() == 0) {
      closeQuestions();
      onEnd.accept(together());
    }
  }

  /** Returns why the loop cannot go on, or null if it is to be closed. */
  private @Nullable Throwable turnUntilClosing(PollLoop loop) {
    try {
      while (closing == null && failure.get() == null) {
        deadLetterTopic.lookIfDue();
        loop.turn();
      }
      return null;
    } catch (InterruptException e) {
      if (Thread.currentThread() == caller) {
        log.info("The thread that runs the consumer was interrupted: the consumer is closed");
        closeWithin(CloseBudget.ofCaller(steady(), CLOSE_AFTER_INTERRUPTION));
        return loop.mayDrain() ? null : e;
      }
      failed(e);
      return e;
    } catch (RuntimeException | Error e) {
      failed(e);
      return e;
    }
  }

  /** Ends what the brokers are still asked about their topics. */
  private void closeQuestions() {
    wiring().shared().compaction().close();
    wiring().shared().topicIds().close();
    deadLetterTopic.close();
  }

  private void failed(Throwable cause) {
    if (closing != null && isOfClosing(cause)) {
      log.info(
          "A consumer of group {} that is closing was interrupted, or its writer was closed first: what is not committed is delivered again",
          wiring().subscription().group());
    } else if (failure.compareAndSet(null, cause)) {
      log.error(
          "The consumer of group {} has stopped", wiring().subscription().group(), Trace.of(cause));
    } else if (failure.get() != cause) {
      log.warn(
          "Another instance of group {} has stopped: {}",
          wiring().subscription().group(),
          Trace.of(cause).getMessage());
    }
  }

  /** Whether it is what closing brings about where it comes late, and loses nothing. */
  private static boolean isOfClosing(Throwable cause) {
    return cause instanceof WriterClosedException || cause instanceof InterruptException;
  }

  private CloseBudget budget() {
    CloseBudget given = closing;
    return failure.get() != null || given == null
        ? CloseBudget.of(steady(), CLOSE_AFTER_FAILURE)
        : given;
  }

  private InstantSource steady() {
    return wiring().environment().clocks().steady();
  }

  private ConsumerCloseReport together() {
    boolean committed = true;
    Map<TopicPartition, Integer> unfinished = new HashMap<>();
    for (ConsumerCloseReport each : new ArrayList<>(reports)) {
      committed &= each.committed();
      each.unfinished().forEach((id, count) -> unfinished.merge(id, count, Integer::sum));
    }
    return new ConsumerCloseReport(true, committed, unfinished);
  }
}
