package dev.sluice.read;

import java.util.List;
import java.util.Optional;

/**
 * Some items of a logical key, in order.
 *
 * @param items the items, at most the query's limit; fewer, even none, only on the last page
 * @param token with which {@link GatherReader#resume} goes on behind these items, there if more may
 *     follow. It holds sort keys, readable for whoever has it: of the last item, and of items that
 *     were read, but not handed out or hidden by a filter. It lasts as long as the query's table
 *     and its sort key, logical key, conditions and order, with the sharder that it was made with,
 *     or one that came after that. One that was changed is rejected
 * @param readUnits the read units that were taken for it, items that were read ahead included; 0
 *     where the service does not say
 */
public record GatherPage(List<GatheredItem> items, Optional<String> token, double readUnits) {

  /** {@return the number of items only: items are not for logs} */
  @Override
  public String toString() {
    return "GatherPage[" + items.size() + (token.isPresent() ? " items, more]" : " items, last]");
  }
}
