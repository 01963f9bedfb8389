package dev.sluice.kafka.internal.settings;

import java.util.Locale;

/** Where a partition begins that has no committed offset: {@code auto.offset.reset}. */
public enum ResetPolicy {
  /** At its beginning; a duration counts as this here. */
  EARLIEST,
  /** At its end. */
  LATEST,
  /** Nowhere: it stops the consumer. */
  NONE;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
