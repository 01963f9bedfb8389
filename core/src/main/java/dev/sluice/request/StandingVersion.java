package dev.sluice.request;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The version of the item that stands where a versioned put was rejected. A condition that failed
 * does not say why it did: a version that is no number compares with none, and is no newer one.
 *
 * @param value the version attribute as it stands, or null if the reply does not show it
 */
record StandingVersion(@Nullable AttributeValue value) {

  /** {@return whether it equals the version that was to be put} */
  boolean isSameAs(AttributeValue version) {
    return isNumber() && compareTo(version) == 0;
  }

  /** {@return whether it is that version, or a newer one} */
  boolean isNoOlderThan(AttributeValue version) {
    return isNumber() && compareTo(version) >= 0;
  }

  /** What became of a put of a version that was rejected for the item that stands. */
  BatchReply.ItemReply reply(AttributeValue version) {
    if (value != null && !isNumber()) {
      return new BatchReply.ItemReply.Failed(Failure.foreignVersion());
    }
    // The condition fails on no older version: an answer that shows one explains nothing.
    return value != null && compareTo(version) >= 0
        ? new BatchReply.ItemReply.Superseded()
        : new BatchReply.ItemReply.Failed(Failure.notExplained());
  }

  private boolean isNumber() {
    return value != null && value.n() != null;
  }

  private int compareTo(AttributeValue version) {
    return new BigDecimal(requireNonNull(value).n()).compareTo(new BigDecimal(version.n()));
  }
}
