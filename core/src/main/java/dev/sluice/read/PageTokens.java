package dev.sluice.read;

import dev.sluice.model.Fingerprint;
import dev.sluice.model.KeySchema;
import dev.sluice.model.Suffix;
import dev.sluice.request.QueryShape;
import java.util.List;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Writes the page tokens of one query, and reads them, those of a former sharder too. */
final class PageTokens {
  private final List<AttributeValue> physicalKeys;
  private final List<Suffix> suffixes;
  private final SortOrder order;
  private final Function<List<AttributeValue>, Fingerprint> fingerprints;
  private final Fingerprint fingerprint;

  PageTokens(
      String table,
      KeySchema keys,
      List<AttributeValue> physicalKeys,
      List<Suffix> suffixes,
      QueryShape shape) {
    this.physicalKeys = physicalKeys;
    this.suffixes = suffixes;
    this.order = SortOrder.of(keys);
    this.fingerprints = shards -> QueryFingerprint.of(table, keys, shards, shape);
    this.fingerprint = fingerprints.apply(physicalKeys);
  }

  String encode(PageToken token) {
    return token.encode(fingerprint, order);
  }

  /**
   * Reads a token.
   *
   * @throws IllegalArgumentException if it is none, or one of another query
   */
  PageToken decode(String text) {
    // Later generations of shards come first: a former reader has the last of them.
    for (int first = 1; first < suffixes.size(); first++) {
      if (beginsGeneration(first)) {
        List<AttributeValue> former = physicalKeys.subList(first, physicalKeys.size());
        Fingerprint its = fingerprints.apply(former);
        if (PageToken.isOf(text, its)) {
          return PageToken.decode(text, its, order, former.size()).withShardsBefore(first, order);
        }
      }
    }
    return PageToken.decode(text, fingerprint, order, suffixes.size());
  }

  private boolean beginsGeneration(int at) {
    Suffix suffix = suffixes.get(at);
    return suffix.isNone() || suffix.generation() != suffixes.get(at - 1).generation();
  }
}
