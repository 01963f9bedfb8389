package dev.sluice.read;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Flow;
import java.util.function.Supplier;

/** Publishes the items of a query; each subscription reads anew. */
final class GatherPublisher implements Flow.Publisher<GatheredItem> {
  private final Supplier<Gather> gather;

  GatherPublisher(Supplier<Gather> gather) {
    this.gather = gather;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super GatheredItem> subscriber) {
    new GatherSubscription(requireNonNull(subscriber, "subscriber"), gather.get()).start();
  }
}
