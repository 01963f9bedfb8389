package dev.sluice.request;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** How the query of one shard ended. */
public sealed interface QueryReply {

  /**
   * A page.
   *
   * @param items what was found, in the order of the sort key
   * @param lastKey where to go on, or null at the end
   * @param count how many items were found; more than there are in a count
   * @param units the read units that it took; 0 if the service does not say
   */
  record Page(
      List<Map<String, AttributeValue>> items,
      @Nullable Map<String, AttributeValue> lastKey,
      int count,
      double units)
      implements QueryReply {}

  /**
   * Not answered with a page.
   *
   * @param failure why
   */
  record Failed(Failure failure) implements QueryReply {}
}
