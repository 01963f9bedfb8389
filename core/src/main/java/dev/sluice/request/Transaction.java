package dev.sluice.request;

import dev.sluice.ledger.LedgerEntry;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;

/**
 * Events that go together or not at all, under one token. However often it is sent, it is the same
 * request to the byte: the service takes one token with other parameters for a mistake.
 */
public final class Transaction {

  /**
   * An event of a transaction.
   *
   * @param entry its ledger entry
   * @param effects its effects
   */
  public record Event(LedgerEntry entry, List<EffectRequest> effects) {}

  private final List<Event> events;
  private final String token;
  private final AtomicReference<@Nullable Frozen> frozen = new AtomicReference<>();

  /**
   * The request as it was built at first.
   *
   * @param request what is sent
   * @param moment the time that it goes by
   * @param expireAt when its entries expire
   */
  record Frozen(TransactWriteItemsRequest request, ServiceTime.Moment moment, long expireAt) {}

  /**
   * Creates a transaction.
   *
   * @param events its events, of as many different ids, on as many items as they have effects
   * @param token names it, and no other, within the service's memory of ten minutes; at most 36
   *     characters
   */
  public Transaction(List<Event> events, String token) {
    this.events = List.copyOf(events);
    this.token = token;
  }

  List<Event> events() {
    return events;
  }

  String token() {
    return token;
  }

  @Nullable Frozen frozen() {
    return frozen.get();
  }

  /**
   * Freezes the request. An attempt that was given up may be building it still when the next one
   * is: whichever is first, all send that one's.
   *
   * @param built what an attempt has built
   * @return what is to be sent
   */
  Frozen freeze(Frozen built) {
    Frozen first = frozen.compareAndExchange(null, built);
    return first == null ? built : first;
  }

  /** {@return how many actions an event takes} */
  static int actions(Event event) {
    return 1 + event.effects().size();
  }
}
