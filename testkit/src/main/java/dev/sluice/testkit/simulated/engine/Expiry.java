package dev.sluice.testkit.simulated.engine;

import static dev.sluice.testkit.simulated.error.ServiceErrors.validation;

import dev.sluice.testkit.simulated.item.Numbers;
import dev.sluice.testkit.simulated.item.StoredItem;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Deletes items whose time has passed, by "Time to Live" of the developer guide: the attribute is a
 * number of seconds since the epoch, and one older than five years is ignored.
 */
final class Expiry {

  private static final Duration OLDEST = Duration.ofDays(5 * 365);

  private Expiry() {}

  static int run(Table table, Predicate<Map<String, AttributeValue>> chosen, long now) {
    var attribute = table.expiryAttribute();
    if (attribute == null) {
      throw validation("items of " + table.name() + " do not expire");
    }
    List<StoredItem> expired = new ArrayList<>();
    for (var item : table.items().all(null)) {
      var expiry = item.attributes().get(attribute);
      if (expiry != null && isPast(expiry, now) && chosen.test(item.attributes())) {
        expired.add(item);
      }
    }
    for (var item : expired) {
      table.set(table.schema().ofItem(item.attributes()), item, null, now);
    }
    return expired.size();
  }

  private static boolean isPast(AttributeValue expiry, long now) {
    if (expiry.n() == null) {
      return false;
    }
    var seconds = Numbers.parse(expiry.n());
    var time = Instant.ofEpochSecond(0, now);
    return seconds.compareTo(BigDecimal.valueOf(time.getEpochSecond())) < 0
        && seconds.compareTo(BigDecimal.valueOf(time.minus(OLDEST).getEpochSecond())) > 0;
  }
}
