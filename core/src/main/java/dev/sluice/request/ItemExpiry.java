package dev.sluice.request;

import static java.util.Objects.requireNonNull;

import dev.sluice.item.TableWithKeys;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * When an item of a table counts as absent: once it has expired, since the service deletes it then,
 * if days late. By the service's rule ("Time to Live" of the developer guide) the attribute is a
 * number of seconds since the epoch; one that is more than five years old is ignored, and so is
 * what is no number. Safe for use by several threads.
 */
final class ItemExpiry {
  private static final long IGNORED_SECONDS = Duration.ofDays(5 * 365).toSeconds();

  // Types are part of values: what is no number is neither less nor greater than one.
  private static final String EXPIRED = " OR (#expiry < :expired AND #expiry > :ignored)";

  private static final ItemExpiry NONE = new ItemExpiry(null, null);

  private final @Nullable String attribute;
  private final @Nullable ServiceTime time;

  private ItemExpiry(@Nullable String attribute, @Nullable ServiceTime time) {
    this.attribute = attribute;
    this.time = time;
  }

  /** {@return the expiry of a table whose items never expire} */
  static ItemExpiry none() {
    return NONE;
  }

  /**
   * The expiry that a table declares.
   *
   * @param table the table
   * @param time by which its items expire
   */
  static ItemExpiry of(TableWithKeys table, ServiceTime time) {
    return table.expiryAttribute() == null ? NONE : new ItemExpiry(table.expiryAttribute(), time);
  }

  /** {@return whether items expire} */
  boolean isDeclared() {
    return attribute != null;
  }

  /** {@return what a request that is built now goes by} */
  ServiceTime.Moment moment() {
    return time == null
        ? new ServiceTime.Moment(ServiceTime.UNKNOWN, ServiceTime.UNKNOWN)
        : time.moment();
  }

  void observe(@Nullable AwsResponse response, @Nullable Throwable thrown) {
    if (time != null) {
      time.observe(response, thrown);
    }
  }

  /** A condition that holds for an item that has expired, too. */
  String orExpired(String condition) {
    return attribute == null ? condition : condition + EXPIRED;
  }

  /** The names of a condition. */
  Map<String, String> names(String placeholder, String name) {
    return attribute == null
        ? Map.of(placeholder, name)
        : Map.of(placeholder, name, "#expiry", attribute);
  }

  /** The values of a condition that has none of its own. */
  Map<String, AttributeValue> values(ServiceTime.Moment now) {
    return Map.of(":expired", number(now.earliest()), ":ignored", number(ignored(now)));
  }

  /** The values of a condition. */
  Map<String, AttributeValue> values(
      ServiceTime.Moment now, String placeholder, AttributeValue value) {
    if (attribute == null) {
      return Map.of(placeholder, value);
    }
    Map<String, AttributeValue> values = new HashMap<>(values(now));
    values.put(placeholder, value);
    return values;
  }

  /**
   * Whether an item that stood in the way of a request has expired by now, which it had not for the
   * request: then the request is to be made once more.
   *
   * @param sent the time that the request went by
   * @param standing the item
   */
  boolean hasExpiredSince(ServiceTime.Moment sent, Map<String, AttributeValue> standing) {
    AttributeValue expiry = attribute == null ? null : standing.get(attribute);
    if (expiry == null || expiry.n() == null) {
      return false;
    }
    BigDecimal at = new BigDecimal(expiry.n());
    ServiceTime.Moment now = requireNonNull(time, "time").moment();
    return isExpired(at, now) && !isExpired(at, sent);
  }

  private static boolean isExpired(BigDecimal at, ServiceTime.Moment now) {
    return at.compareTo(BigDecimal.valueOf(now.earliest())) < 0
        && at.compareTo(BigDecimal.valueOf(ignored(now))) > 0;
  }

  private static long ignored(ServiceTime.Moment now) {
    return now.latest() - IGNORED_SECONDS;
  }

  private static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }
}
