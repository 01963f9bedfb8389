package dev.sluice.read;

import java.util.Collections;
import java.util.Iterator;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a subscriber as many items as it asks for, and reads a page when it asks for more than is
 * there. Signals follow one another ("Reactive Streams", rules 1.3 and 2.7): whoever comes while
 * one is given leaves its work to that thread.
 */
final class GatherSubscription implements Flow.Subscription {
  private static final Logger log = LoggerFactory.getLogger(GatherSubscription.class);

  private final Flow.Subscriber<? super GatheredItem> subscriber;
  private final Gather gather;
  private final AtomicLong requested = new AtomicLong();
  // How often somebody has come since whoever gives signals looked last.
  private final AtomicInteger work = new AtomicInteger();
  private volatile boolean ended;
  private volatile @Nullable Throwable failure;
  private volatile @Nullable GatherPage arrived;
  // Of whoever gives signals.
  private Iterator<GatheredItem> page = Collections.emptyIterator();
  private boolean reading;
  private boolean last;

  GatherSubscription(Flow.Subscriber<? super GatheredItem> subscriber, Gather gather) {
    this.subscriber = subscriber;
    this.gather = gather.readingOn();
  }

  void start() {
    // Whoever asks for items within onSubscribe is given them once that has returned.
    work.incrementAndGet();
    signal(() -> subscriber.onSubscribe(this));
    drain();
  }

  @Override
  public void request(long items) {
    if (items <= 0) {
      failure =
          new IllegalArgumentException(
              "A subscriber asked for " + items + " items; rule 3.9 allows 1 and more.");
    } else {
      requested.accumulateAndGet(
          items, (before, more) -> before + more < 0 ? Long.MAX_VALUE : before + more);
    }
    goOn();
  }

  @Override
  public void cancel() {
    ended = true;
  }

  private void goOn() {
    if (work.getAndIncrement() == 0) {
      drain();
    }
  }

  private void drain() {
    int done = 1;
    do {
      while (!ended && step()) {
        // One signal, or one page, after the other.
      }
      done = work.addAndGet(-done);
    } while (done != 0);
  }

  /** Does what is next; returns whether something was done. */
  private boolean step() {
    Throwable why = failure;
    if (why != null) {
      ended = true;
      signal(() -> subscriber.onError(why));
      return false;
    }
    GatherPage next = arrived;
    if (next != null) {
      arrived = null;
      reading = false;
      page = next.items().iterator();
      last = next.token().isEmpty();
    }
    if (page.hasNext()) {
      if (requested.get() == 0) {
        return false;
      }
      requested.updateAndGet(left -> left == Long.MAX_VALUE ? left : left - 1);
      GatheredItem item = page.next();
      signal(() -> subscriber.onNext(item));
      return true;
    }
    if (last) {
      ended = true;
      signal(subscriber::onComplete);
      return false;
    }
    if (reading || requested.get() == 0) {
      return false;
    }
    reading = true;
    read();
    return true;
  }

  private void read() {
    CompletionStage<GatherPage> unused =
        gather
            .next()
            .whenComplete(
                (read, thrown) -> {
                  if (thrown == null) {
                    arrived = read;
                  } else {
                    failure = thrown;
                  }
                  goOn();
                });
  }

  /** A subscriber that throws breaks rule 2.13, and counts as one that has cancelled. */
  private void signal(Runnable given) {
    try {
      given.run();
    } catch (RuntimeException | Error e) {
      ended = true;
      log.warn("A subscriber threw {}; it is given nothing more.", e.getClass().getName());
    }
  }
}
