package dev.sluice.write;

import java.util.OptionalLong;

/** How a write gets from its acceptance to its end: what a mode consists in. */
interface Protocol {

  /** Takes a write that has just been accepted. */
  void accept(PendingWrite write);

  /** A write's time is up: ends it, unless a request of its own has still to answer. */
  void expire(PendingWrite write);

  /** {@return whether more effects will become due without anything else happening first} */
  boolean hasUnanswered();

  /** Sends what is due before any effect, as far as there is room. */
  void dispatch(Eagerness eagerness);

  /** {@return when something is due by itself} */
  OptionalLong nextDue(Eagerness eagerness);

  /** A claim is released, or about to be: nothing may be answered from what was known of it. */
  void forget(String id);
}
