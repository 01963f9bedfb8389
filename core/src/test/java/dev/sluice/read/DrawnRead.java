package dev.sluice.read;

import dev.sluice.model.Suffix;
import dev.sluice.shard.KeySharder;
import dev.sluice.testkit.simulated.client.Fate;
import dev.sluice.testkit.simulated.client.Mishaps;
import dev.sluice.testkit.simulated.engine.Operation;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** A table and a query drawn from a seed, and what a plain sort of the table makes of it. */
final class DrawnRead {

  /** An item that was written to the shard at this place. */
  record Written(int place, AttributeValue sortKey, boolean kept) {}

  /** However many faults meet one read in a row, it gets on. */
  private static final Duration PATIENCE = Duration.ofHours(1);

  private static final List<KeySharder> SHARDERS =
      List.of(
          KeySharder.none(),
          KeySharder.random(1),
          KeySharder.random(7),
          KeySharder.calculated(13).generation(2),
          KeySharder.random(5).after(KeySharder.none()),
          KeySharder.random(3).generation(1).after(KeySharder.calculated(7)),
          KeySharder.none().after(KeySharder.random(2).generation(3).after(KeySharder.random(5))));
  private static final int[] LIMITS = {1, 2, 3, 7, 31, 101};
  private static final int[] PAGE_SIZES = {1, 2, 3, 5, 1_000};

  final SplittableRandom random;
  final GatherRig rig;
  final boolean ascending;
  final boolean filtered;
  final int limit;
  final int shardPageSize;
  final GatherQuery query;
  final List<Written> written = new ArrayList<>();
  final Comparator<Written> order;

  private final ScalarAttributeType type;
  private final List<Suffix> suffixes;
  private final Set<List<Object>> taken = new HashSet<>();
  private final AttributeValue low;
  private final AttributeValue high;
  private final boolean bounded;

  DrawnRead(long seed) {
    random = new SplittableRandom(seed);
    type = List.of(ScalarAttributeType.values()).get(random.nextInt(3));
    KeySharder sharder = SHARDERS.get(random.nextInt(SHARDERS.size()));
    suffixes = sharder.suffixes();
    int concurrency = 1 + random.nextInt(9);
    rig =
        new GatherRig(
            seed, type, sharder, b -> b.maxInFlightRequests(concurrency).readTimeout(PATIENCE));
    ascending = random.nextBoolean();
    filtered = random.nextInt(4) == 0;
    limit = LIMITS[random.nextInt(LIMITS.length)];
    shardPageSize = PAGE_SIZES[random.nextInt(PAGE_SIZES.length)];
    Comparator<Written> up =
        Comparator.<Written, AttributeValue>comparing(Written::sortKey, this::compare)
            .thenComparingInt(Written::place);
    order = ascending ? up : up.reversed();
    AttributeValue one = sortKey();
    AttributeValue other = sortKey();
    low = compare(one, other) < 0 ? one : other;
    high = compare(one, other) < 0 ? other : one;
    bounded = random.nextInt(3) == 0;
    query = query();
    // Some shards stay empty, and some have most of the items.
    for (int items = random.nextInt(113); items > 0; items--) {
      write();
    }
    written.sort(order);
  }

  private GatherQuery query() {
    GatherQuery drawn = GatherQuery.of(GatherRig.LOGICAL).limit(limit).shardPageSize(shardPageSize);
    drawn = ascending ? drawn : drawn.descending();
    drawn = random.nextBoolean() ? drawn : drawn.consistent();
    drawn = bounded ? drawn.where(SortCondition.between(low, high)) : drawn;
    return filtered
        ? drawn.filter(
            "#kept = :yes", Map.of("#kept", "kept"), Map.of(":yes", AttributeValue.fromBool(true)))
        : drawn;
  }

  /** Half of the requests meet with some fault. */
  void trouble() {
    rig.client.mishaps(
        Mishaps.none()
            .chance(Fate.THROTTLED, Operation.QUERY, 0.3)
            .chance(Fate.FAILED_BEFORE, Operation.QUERY, 0.1)
            .chance(Fate.RESET, Operation.QUERY, 0.1));
  }

  /** Writes an item at a place that is free; returns whether the query should find it. */
  void write() {
    int place = (int) (suffixes.size() * random.nextDouble() * random.nextDouble());
    AttributeValue sortKey = sortKey();
    if (taken.add(List.of(place, comparable(sortKey).toString()))) {
      boolean kept = random.nextInt(3) > 0;
      rig.put(sortKey, suffixes.get(place), Map.of("kept", AttributeValue.fromBool(kept)));
      written.add(new Written(place, sortKey, kept));
    }
  }

  /** {@return what the query should find of what is written by now, in order} */
  List<Written> expected() {
    return written.stream()
        .filter(item -> !filtered || item.kept)
        .filter(
            item ->
                !bounded || (compare(low, item.sortKey) <= 0 && compare(item.sortKey, high) <= 0))
        .sorted(order)
        .toList();
  }

  Written found(GatheredItem item) {
    return new Written(
        suffixes.indexOf(item.suffix()), item.item().get("sk"), item.item().get("kept").bool());
  }

  private AttributeValue sortKey() {
    return switch (type) {
      case N -> AttributeValue.fromN(number());
      case B -> GatherRig.bytes(text().getBytes(StandardCharsets.UTF_16BE));
      default -> AttributeValue.fromS(text());
    };
  }

  private String number() {
    BigDecimal number = BigDecimal.valueOf(random.nextInt(-150, 150), random.nextInt(-1, 2));
    return number.stripTrailingZeros().toPlainString();
  }

  private String text() {
    int[] alphabet = {'a', 'b', 0x7f, 0xe9, 0xffff, 0x1f600};
    StringBuilder text = new StringBuilder();
    for (int length = 1 + random.nextInt(3); length > 0; length--) {
      text.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
    }
    return text.toString();
  }

  private int compare(AttributeValue one, AttributeValue other) {
    return type == ScalarAttributeType.N
        ? new BigDecimal(one.n()).compareTo(new BigDecimal(other.n()))
        : Arrays.compareUnsigned(bytes(one), bytes(other));
  }

  private static Object comparable(AttributeValue value) {
    return value.n() == null ? value : new BigDecimal(value.n()).stripTrailingZeros();
  }

  private static byte[] bytes(AttributeValue value) {
    return value.s() == null ? value.b().asByteArray() : value.s().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "sort key "
        + type
        + ", "
        + rig.sharder
        + (ascending ? ", ascending" : ", descending")
        + (bounded ? ", bounded" : "")
        + (filtered ? ", filtered" : "")
        + ", limit "
        + limit
        + ", shard pages of "
        + shardPageSize
        + ", "
        + written.size()
        + " items";
  }
}
