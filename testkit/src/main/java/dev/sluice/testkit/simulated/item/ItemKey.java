package dev.sluice.testkit.simulated.item;

import java.math.BigDecimal;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/**
 * The primary key of an item within its table. Each part is a {@code String}, a {@code BigDecimal}
 * without trailing zeros or {@code SdkBytes}, so that keys that DynamoDB takes for equal are equal.
 *
 * @param partition the partition key
 * @param sort the sort key, or null if the table has none
 */
public record ItemKey(Object partition, @Nullable Object sort) {

  /** The order of one part of the keys of one table. */
  public static final Comparator<Object> ORDER =
      (left, right) -> {
        if (left instanceof String text) {
          return Texts.compare(text, (String) right);
        }
        return left instanceof BigDecimal number
            ? number.compareTo((BigDecimal) right)
            : Values.compare((SdkBytes) left, (SdkBytes) right);
      };
}
