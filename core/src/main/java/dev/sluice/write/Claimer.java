package dev.sluice.write;

import dev.sluice.model.SluiceException;
import dev.sluice.request.ClaimReply;
import java.util.OptionalLong;

/** Gets the claims of leading writes answered, one way or another. */
interface Claimer {

  /** Told how the claims end. */
  interface Listener {
    /** The ledger has answered. */
    void answered(PendingWrite write, ClaimReply.Answer answer);

    /** The claim was given up. */
    void failed(PendingWrite write, SluiceException failure);
  }

  /** Connects the listener, once. */
  void connect(Listener listener);

  /** Takes a write whose claim is to be made. */
  void claim(PendingWrite write);

  /** Sends what is due, as far as there is room. */
  void dispatch(Eagerness eagerness);

  /** {@return when something is due by itself} */
  OptionalLong nextDue(Eagerness eagerness);
}
