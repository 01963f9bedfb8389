package dev.sluice.read;

import dev.sluice.model.SluiceException;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletionException;

/** Waits for one page after the other. */
final class GatherIterator implements Iterator<GatheredItem> {
  private final Gather gather;
  private Iterator<GatheredItem> page = Collections.emptyIterator();
  private boolean last;

  GatherIterator(Gather gather) {
    this.gather = gather;
  }

  @Override
  public boolean hasNext() {
    while (!page.hasNext() && !last) {
      GatherPage next = next(gather);
      page = next.items().iterator();
      last = next.token().isEmpty();
    }
    return page.hasNext();
  }

  static GatherPage next(Gather gather) {
    try {
      return gather.next().toCompletableFuture().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof SluiceException failure) {
        throw failure;
      }
      throw e;
    }
  }

  @Override
  public GatheredItem next() {
    if (!hasNext()) {
      throw new NoSuchElementException("All items of the logical key have been read.");
    }
    return page.next();
  }
}
