package dev.sluice.kafka.internal.log;

import dev.sluice.model.SluiceException;
import java.util.IdentityHashMap;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * What may be logged of something that was thrown, as a message: its class; its stack; and the same
 * of its causes. What it says itself only where it is one of ours or of Kafka's, which name no
 * contents: any other may quote a record. Never thrown.
 */
public final class Trace extends Throwable {
  private static final long serialVersionUID = 1;

  /** The adapter's own errors name no contents either. */
  private static final String OURS = "dev.sluice.kafka.record.";

  private Trace(Throwable thrown, String text, @Nullable Trace cause) {
    super(text, cause, false, true);
    setStackTrace(thrown.getStackTrace());
  }

  /**
   * The trace of something that was thrown.
   *
   * @param thrown anything
   * @return what may be logged of it
   */
  public static Trace of(Throwable thrown) {
    return of(thrown, true, new IdentityHashMap<>());
  }

  /** The same, but without any message: whoever throws may throw our exceptions, too. */
  public static Trace silent(Throwable thrown) {
    return of(thrown, false, new IdentityHashMap<>());
  }

  private static Trace of(Throwable thrown, boolean tells, Map<Throwable, Boolean> seen) {
    if (thrown instanceof Trace already) {
      return already;
    }
    seen.put(thrown, true);
    Throwable cause = thrown.getCause();
    boolean known =
        thrown instanceof SluiceException
            || thrown instanceof KafkaException
            || thrown.getClass().getName().startsWith(OURS);
    return new Trace(
        thrown,
        tells && known ? thrown.toString() : thrown.getClass().getName(),
        cause == null || seen.containsKey(cause) ? null : of(cause, tells, seen));
  }
}
