package dev.sluice.write;

import org.jspecify.annotations.Nullable;

/**
 * Holds the partner of an object that had to be built before its partner was. Connecting twice
 * fails, and so does the first use without a partner: a forgotten connection is never silent.
 *
 * @param <P> the partner
 */
final class Connection<P> {
  private @Nullable P partner;

  /** Connects the partner, once. */
  void connect(P other) {
    if (partner != null) {
      throw new IllegalStateException("A partner is connected twice: " + other.getClass());
    }
    partner = other;
  }

  /** {@return the partner} */
  P get() {
    P connected = partner;
    if (connected == null) {
      throw new IllegalStateException("No partner was connected.");
    }
    return connected;
  }
}
