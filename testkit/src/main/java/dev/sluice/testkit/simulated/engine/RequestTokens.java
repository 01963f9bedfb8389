package dev.sluice.testkit.simulated.engine;

import dev.sluice.testkit.simulated.error.ServiceErrors;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;

/**
 * Transactions that went through, by their tokens, for ten minutes: {@code ClientRequestToken} of
 * {@code TransactWriteItems} in the API reference.
 */
final class RequestTokens {

  /** The longest token, in characters: {@code TransactWriteItems} of the API reference. */
  private static final int LONGEST = 36;

  private static final long LIFE = Duration.ofMinutes(10).toNanos();

  private record Made(List<TransactWriteItem> items, long at) {}

  private final Map<String, Made> made = new LinkedHashMap<>();

  boolean isRepeated(TransactWriteItemsRequest request, long now) {
    var token = request.clientRequestToken();
    if (token == null) {
      return false;
    }
    if (token.isEmpty() || token.length() > LONGEST) {
      throw ServiceErrors.validation("a token of " + token.length() + " characters");
    }
    forgetOldest(now - LIFE);
    var earlier = made.get(token);
    if (earlier == null) {
      return false;
    }
    if (!earlier.items().equals(request.transactItems())) {
      throw ServiceErrors.parameterMismatch();
    }
    return true;
  }

  private void forgetOldest(long end) {
    var oldest = made.values().iterator();
    while (oldest.hasNext() && oldest.next().at() <= end) {
      oldest.remove();
    }
  }

  void remember(TransactWriteItemsRequest request, long now) {
    if (request.clientRequestToken() != null) {
      made.put(request.clientRequestToken(), new Made(request.transactItems(), now));
    }
  }
}
